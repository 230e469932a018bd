package io.fiddler.placement.correction;

import java.util.Arrays;

/// Counts of all experts in some time, by dense index.
///
/// @param counts owned by the sample
@SuppressWarnings("ArrayRecordComponent") // never compared
record Sample(double[] counts) {
  /// Of everything.
  double total() {
    return Arrays.stream(counts).sum();
  }

  /// Pearson's statistic for two samples over its degrees of freedom: 1 if they are independent
  /// draws from one distribution, more if draws are dependent or the distributions differ.
  double differenceFrom(Sample other) {
    double total = total();
    double otherTotal = other.total();
    if (total == 0 || otherTotal == 0) {
      return 1;
    }
    double scale = Math.sqrt(otherTotal / total);
    double statistic = 0;
    int cells = 0;
    for (int index = 0; index < counts.length; index++) {
      double both = counts[index] + other.counts[index];
      if (both > 0) {
        double difference = scale * counts[index] - other.counts[index] / scale;
        statistic += difference * difference / both;
        cells++;
      }
    }
    return cells < 2 ? 1 : statistic / (cells - 1);
  }
}

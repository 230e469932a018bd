package io.fiddler.dispatch;

import java.util.Arrays;

/// Ratios of observed to predicted times: all in the count and the mean, the latest in the
/// percentile.
final class RatioWindow {
  private static final int LENGTH = 256;
  private static final double PERCENTILE = 0.9;

  private final double[] latest = new double[LENGTH];
  private long count;
  private double sum;

  void add(double ratio) {
    latest[(int) (count++ % LENGTH)] = ratio;
    sum += ratio;
  }

  long count() {
    return count;
  }

  double mean() {
    return sum / count;
  }

  /// The smallest ratio that 90 % of the latest are not above.
  double p90() {
    int length = (int) Math.min(count, LENGTH);
    double[] sorted = Arrays.copyOf(latest, length);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(PERCENTILE * length) - 1)];
  }
}

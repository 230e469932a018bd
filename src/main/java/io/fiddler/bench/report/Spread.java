package io.fiddler.bench.report;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Several measurements of one thing.
///
/// @param median the middle one; of an even number the mean of both
/// @param min the smallest
/// @param p10 a tenth is not above it
/// @param p90 nine tenths are not above it
/// @param max the largest
/// @param count how many
public record Spread(double median, double min, double p10, double p90, double max, int count) {
  /// Of these; null if there are none.
  public static @Nullable Spread of(Collection<Double> values) {
    if (values.isEmpty()) {
      return null;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Spread(
        quantile(sorted, 0.5),
        sorted[0],
        quantile(sorted, 0.1),
        quantile(sorted, 0.9),
        sorted[sorted.length - 1],
        sorted.length);
  }

  /// Linear between neighbours, as most statistics programs have it.
  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = (int) Math.ceil(at);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}

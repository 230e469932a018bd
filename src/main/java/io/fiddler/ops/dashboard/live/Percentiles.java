package io.fiddler.ops.dashboard.live;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Percentiles of durations, in milliseconds.
///
/// @param p50 the median
/// @param p95 95 of 100 are not longer
/// @param p99 99 of 100 are not longer
record Percentiles(double p50, double p95, double p99) {
  /// Of these durations, by the nearest rank; null if there are none.
  static @Nullable Percentiles ofNanos(long[] nanos) {
    if (nanos.length == 0) {
      return null;
    }
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Percentiles(at(sorted, 0.50), at(sorted, 0.95), at(sorted, 0.99));
  }

  private static double at(long[] sorted, double quantile) {
    int rank = (int) Math.ceil(quantile * sorted.length);
    return sorted[Math.max(rank, 1) - 1] / 1e6;
  }
}

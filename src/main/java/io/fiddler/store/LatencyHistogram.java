package io.fiddler.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Latencies counted in the buckets of `request_usage`: each is 4 % wider than the one before.
final class LatencyHistogram {
  /// Natural logarithm of how much a bucket's bound grows.
  private static final double GROWTH = 0.04;

  private long[] counts = new long[0];

  /// Adds what another histogram counted.
  void add(Long[] more) {
    if (more.length > counts.length) {
      counts = Arrays.copyOf(counts, more.length);
    }
    for (int i = 0; i < more.length; i++) {
      counts[i] += more[i];
    }
  }

  /// Milliseconds at or below which the share `rank` of the requests lies; null if there are none.
  @Nullable Double percentile(double rank) {
    long total = Arrays.stream(counts).sum();
    long wanted = Math.max(1, (long) Math.ceil(rank * total));
    long below = 0;
    for (int i = 0; i < counts.length; i++) {
      below += counts[i];
      if (below >= wanted) {
        return millis(i);
      }
    }
    return null;
  }

  /// The value with the same relative distance, at most `tanh(GROWTH / 2)`, from both bounds.
  private static double millis(int bucket) {
    if (bucket == 0) {
      return 1;
    }
    double lower = Math.exp(GROWTH * (bucket - 1));
    double upper = Math.exp(GROWTH * bucket);
    return 2 * lower * upper / (lower + upper);
  }
}

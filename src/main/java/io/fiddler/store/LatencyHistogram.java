package io.fiddler.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Latencies counted in the buckets of `request_usage`: each is 4 % wider than the one before.
final class LatencyHistogram {
  /// Natural logarithm of how much a bucket's bound grows.
  private static final double GROWTH = 0.04;

  /// As many as `latency_bucket` tells apart.
  private static final int MOST_BUCKETS = 460;

  private long[] counts = new long[0];

  /// Adds what another histogram counted.
  ///
  /// @param more an array as PostgreSQL writes it; a year has hundred thousands of numbers, mostly
  ///   small, and `Array` makes an object of each
  void add(String more) {
    int bucket = 0;
    long count = 0;
    for (int i = 1; i < more.length(); i++) {
      char c = more.charAt(i);
      if (c >= '0' && c <= '9') {
        count = 10 * count + (c - '0');
      } else if (i > 1) {
        add(bucket++, count);
        count = 0;
      }
    }
  }

  private void add(int bucket, long count) {
    if (bucket >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(MOST_BUCKETS, bucket + 1));
    }
    counts[bucket] += count;
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

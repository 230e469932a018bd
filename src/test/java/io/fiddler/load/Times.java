package io.fiddler.load;

import java.util.concurrent.atomic.AtomicLongArray;

/// Durations in buckets a hundredth wide, so that half an hour of tokens needs no memory to speak
/// of. Thread-safe.
final class Times {
  private static final double GROWTH = Math.log(1.01);
  private static final int BUCKETS = 3_000;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  void add(long nanos) {
    int bucket = (int) (Math.log((double) Math.max(1, nanos)) / GROWTH);
    counts.incrementAndGet(Math.min(bucket, BUCKETS - 1));
  }

  long count() {
    long sum = 0;
    for (int i = 0; i < BUCKETS; i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  /// Milliseconds that this share of them is not above; 0 without any.
  double millis(double share) {
    long rank = (long) Math.ceil(share * count());
    for (int i = 0; i < BUCKETS; i++) {
      rank -= counts.get(i);
      if (rank <= 0 && counts.get(i) > 0) {
        return Math.exp((i + 0.5) * GROWTH) / 1e6;
      }
    }
    return 0;
  }
}

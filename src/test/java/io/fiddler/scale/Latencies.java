package io.fiddler.scale;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/// Durations of one kind, for their percentiles. Any thread.
final class Latencies {
  private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

  void add(long duration) {
    nanos.add(duration);
  }

  int count() {
    return nanos.size();
  }

  /// Forgets what was there.
  void clear() {
    nanos.clear();
  }

  /// Milliseconds at a rank in [0, 1]; 0 if there is nothing.
  double millis(double rank) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    if (sorted.length == 0) {
      return 0;
    }
    int index = Math.clamp((long) Math.ceil(rank * sorted.length) - 1, 0, sorted.length - 1);
    return sorted[index] / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  @Override
  public String toString() {
    return Arrays.toString(new double[] {millis(0.5), millis(0.95), millis(1)});
  }
}

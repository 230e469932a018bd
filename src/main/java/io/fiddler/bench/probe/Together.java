package io.fiddler.bench.probe;

import org.jspecify.annotations.Nullable;

/// Host work and copies at the same time.
///
/// @param hostBytesPerSecond rate of the host's work
/// @param copyBytesPerSecond rate of the copies meanwhile; 0 if there were none
public record Together(double hostBytesPerSecond, double copyBytesPerSecond) {
  private static final int LEAST_CALLS = 3;
  private static final int MAX_OUTSTANDING = 1 << 14;

  /// Work of the host that a measurement repeats.
  @FunctionalInterface
  interface HostWork {
    /// Does a part; the calling thread returns when it is done.
    ///
    /// @return bytes read
    long run();
  }

  /// Without copies.
  static Together hostAlone(HostWork work, long atLeastNanos) {
    work.run();
    long begin = System.nanoTime();
    long bytes = 0;
    int calls = 0;
    do {
      bytes += work.run();
      calls++;
    } while (calls < LEAST_CALLS || System.nanoTime() - begin < atLeastNanos);
    return new Together(bytes * 1e9 / (System.nanoTime() - begin), 0);
  }

  /// With the copy lane busy from before the first part to after the last. The calling thread both
  /// works and queues copies, so it queues as many as will outlast the next part; should they not,
  /// the measurement begins anew with more.
  ///
  /// @param copyBytesPerSecond about how fast the lane is
  static Together of(HostWork work, CopyFeed feed, double copyBytesPerSecond, long atLeastNanos) {
    long start = System.nanoTime();
    work.run();
    double partSeconds = (System.nanoTime() - start) / 1e9;
    int copies =
        (int)
            Math.clamp(
                Math.ceil(2 * partSeconds * copyBytesPerSecond / feed.copyBytes()) + 2,
                4,
                MAX_OUTSTANDING);
    while (true) {
      Together measured = attempt(work, feed, copies, atLeastNanos);
      feed.drain();
      if (measured != null) {
        return measured;
      }
      copies = Math.min(2 * copies, MAX_OUTSTANDING);
    }
  }

  private static @Nullable Together attempt(
      HostWork work, CopyFeed feed, int copies, long atLeastNanos) {
    feed.topUp(copies);
    feed.awaitOne();
    long copiedBefore = feed.doneBytes();
    long begin = System.nanoTime();
    long bytes = 0;
    int calls = 0;
    do {
      bytes += work.run();
      calls++;
      if (!feed.topUp(copies) && copies < MAX_OUTSTANDING) {
        return null;
      }
    } while (calls < LEAST_CALLS || System.nanoTime() - begin < atLeastNanos);
    long copied = feed.doneBytes() - copiedBefore;
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Together(bytes / seconds, copied / seconds);
  }
}

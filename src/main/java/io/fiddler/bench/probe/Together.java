package io.fiddler.bench.probe;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Host work and copies at the same time.
///
/// @param hostBytesPerSecond rate of the host's work
/// @param copyBytesPerSecond rate of the copies meanwhile; 0 if there were none
public record Together(double hostBytesPerSecond, double copyBytesPerSecond) {
  /// The machine's best is looked for, which a neighbour on it may hide for a while: of several
  /// windows the fastest counts. Each covers all of the memory, as far as the time allows: on some
  /// machines parts of it are half as fast as others.
  private static final int WINDOWS = 3;

  /// Enough to keep the lane busy for a millisecond or two; a driver's queue holds about a thousand
  /// entries, and who fills it has to wait.
  private static final long OUTSTANDING_BYTES = 128L << 20;

  private static final int LEAST_OUTSTANDING = 4;
  private static final int MOST_OUTSTANDING = 256;

  private static final long PAUSE_NANOS = 50_000;

  /// The thread that feeds the copy lane must not be the one that computes, as in a step.
  private static final Executor ANOTHER_THREAD =
      work -> Thread.ofPlatform().daemon().name("fiddler-probe").start(work);

  /// Work of the host that a measurement repeats.
  @FunctionalInterface
  interface HostWork {
    /// Does a part; the calling thread returns when it is done.
    ///
    /// @return bytes read
    long run();
  }

  /// How long a window is: until so much was read or so much time has passed, whatever is first.
  ///
  /// @param bytes all that the work reads in turn
  /// @param nanos most time
  record Window(long bytes, long nanos) {}

  /// Without copies.
  static Together hostAlone(HostWork work, Window window) {
    work.run();
    return best(() -> new Together(bytesPerSecond(work, window), 0));
  }

  /// With the copy lane busy from before the first part to after the last.
  static Together of(HostWork work, CopyFeed feed, Window length) {
    work.run();
    feed.topUp(outstanding(feed));
    feed.awaitOne();
    Together best = best(() -> window(work, feed, length));
    feed.drain();
    return best;
  }

  private static Together best(Supplier<Together> window) {
    Together best = window.get();
    for (int i = 1; i < WINDOWS; i++) {
      Together next = window.get();
      best = next.bytesPerSecond() > best.bytesPerSecond() ? next : best;
    }
    return best;
  }

  private double bytesPerSecond() {
    return hostBytesPerSecond + copyBytesPerSecond;
  }

  private static Together window(HostWork work, CopyFeed feed, Window length) {
    long copiedBefore = feed.doneBytes();
    long begin = System.nanoTime();
    CompletableFuture<Double> host =
        CompletableFuture.supplyAsync(() -> bytesPerSecond(work, length), ANOTHER_THREAD);
    while (!host.isDone()) {
      feed.topUp(outstanding(feed));
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    try {
      return new Together(host.join(), (feed.doneBytes() - copiedBefore) / seconds);
    } catch (CompletionException e) {
      feed.drain();
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static int outstanding(CopyFeed feed) {
    return Math.clamp(OUTSTANDING_BYTES / feed.copyBytes(), LEAST_OUTSTANDING, MOST_OUTSTANDING);
  }

  private static double bytesPerSecond(HostWork work, Window window) {
    long begin = System.nanoTime();
    long bytes = 0;
    do {
      bytes += work.run();
    } while (bytes < window.bytes() && System.nanoTime() - begin < window.nanos());
    return bytes * 1e9 / (System.nanoTime() - begin);
  }
}

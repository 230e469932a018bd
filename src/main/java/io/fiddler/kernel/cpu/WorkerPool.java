package io.fiddler.kernel.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A fixed set of platform threads that works through the units of one parallel region at a time.
/// The calling thread is worker 0 and does its share, so a pool of one has no threads. Units are
/// claimed one by one, because a core that is slowed down by a neighbour must not hold up the rest:
/// static ranges cost 15-25 %.
///
/// Idle workers spin for a moment, then park. A region ends when its units are done, not when every
/// worker has woken up, so a parked worker delays nobody.
///
/// Regions of one pool are run by one thread at a time and do not nest.
public final class WorkerPool implements AutoCloseable {
  /// The body of a parallel region.
  @FunctionalInterface
  public interface UnitTask {
    /// Does unit `unit` on behalf of `worker`, which does nothing else meanwhile.
    ///
    /// @param worker in `[0, workers)`, for picking scratch memory
    /// @param unit in `[0, units)`
    void run(int worker, int unit);
  }

  private static final UnitTask NOTHING = (worker, unit) -> {};

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  /// Words that different threads write lie two cache lines apart, since prefetch fetches pairs.
  private static final int APART = 16;

  /// High half: number of the region; low half: its units not yet claimed. One word, so that a
  /// worker late from an earlier region cannot claim a unit of this one by mistake.
  private static final int CLAIM = APART;

  /// Units of the region that are done.
  private static final int DONE = 2 * APART;

  /// One word a worker: 1 while it is parked or about to be.
  private static final int PARKED = 3 * APART;

  private final long[] words;
  private final Thread[] threads;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  // Published by the release of CLAIM, read only after a successful claim.
  private UnitTask task = NOTHING;
  private int units;

  private volatile boolean closed;

  /// Starts `workers - 1` daemon threads.
  ///
  /// @throws IllegalArgumentException if `workers` is below 1
  public WorkerPool(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, got " + workers);
    }
    words = new long[PARKED + workers * APART];
    threads = new Thread[workers - 1];
    for (int i = 0; i < threads.length; i++) {
      int worker = i + 1;
      threads[i] =
          Thread.ofPlatform()
              .daemon()
              .name("fiddler-worker-" + worker)
              .start(() -> workUntilClosed(worker));
    }
  }

  /// Threads that work on a region, the caller included.
  public int workers() {
    return threads.length + 1;
  }

  /// Runs `task` for every unit in `[0, units)` and returns when all are done; what they wrote is
  /// visible to the caller.
  ///
  /// @throws RuntimeException what the first failing unit threw (an Error as it is), once no unit
  ///   runs any more; units not yet begun are skipped. The pool stays usable.
  /// @throws IllegalStateException if the pool is closed, or runs a region already
  public void run(int units, UnitTask task) {
    if (closed) {
      throw new IllegalStateException("the worker pool is closed");
    }
    if (units < 0) {
      throw new IllegalArgumentException("units must not be negative, got " + units);
    }
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "a region already runs on this pool; regions neither nest nor overlap");
    }
    try {
      if (units <= 1 || threads.length == 0) {
        for (int unit = 0; unit < units; unit++) {
          task.run(0, unit);
        }
      } else {
        runTogether(units, task);
      }
    } finally {
      busy.set(false);
    }
  }

  /// Stops and joins the threads; a second call does nothing.
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void runTogether(int units, UnitTask task) {
    this.task = task;
    this.units = units;
    WORD.setOpaque(words, DONE, 0L);
    long region = ((long) WORD.getOpaque(words, CLAIM) >>> 32) + 1;
    WORD.setVolatile(words, CLAIM, region << 32 | units);
    for (int i = 0; i < threads.length; i++) {
      if ((long) WORD.getVolatile(words, parkedWord(i + 1)) != 0) {
        LockSupport.unpark(threads[i]);
      }
    }
    claimAll(0);
    Waiting waiting = new Waiting();
    while ((long) WORD.getAcquire(words, DONE) != units) {
      waiting.shouldPark(); // nobody would wake us, and the last units are short
    }
    this.task = NOTHING; // do not keep what it captured
    Throwable thrown = failure.getAndSet(null);
    if (thrown != null) {
      rethrow(thrown);
    }
  }

  private void workUntilClosed(int worker) {
    while (awaitWork(worker)) {
      claimAll(worker);
    }
  }

  /// Returns whether there is something to claim; false if the pool was closed.
  private boolean awaitWork(int worker) {
    Waiting waiting = new Waiting();
    while (!somethingToClaim()) {
      if (closed) {
        return false;
      }
      if (waiting.shouldPark()) {
        park(worker);
        waiting.reset();
      }
    }
    return true;
  }

  private void park(int worker) {
    WORD.setVolatile(words, parkedWord(worker), 1L);
    // The caller first publishes, then looks for parked workers; here it is the other way round, so
    // one of the two sees the other.
    if (!somethingToClaim() && !closed) {
      LockSupport.park(this);
      Thread.interrupted(); // a set flag would make every later park return at once
    }
    WORD.setVolatile(words, parkedWord(worker), 0L);
  }

  private boolean somethingToClaim() {
    return (int) (long) WORD.getVolatile(words, CLAIM) != 0;
  }

  private void claimAll(int worker) {
    while (true) {
      long claim = (long) WORD.getVolatile(words, CLAIM);
      int left = (int) claim;
      if (left == 0) {
        return;
      }
      if (WORD.compareAndSet(words, CLAIM, claim, claim - 1)) {
        runUnit(worker, units - left);
      }
    }
  }

  // A unit must count as done whatever it threw, or the caller would wait for ever.
  private void runUnit(int worker, int unit) {
    long done = 1;
    try {
      task.run(worker, unit);
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
      done += claimTheRest();
    } finally {
      WORD.getAndAdd(words, DONE, done);
    }
  }

  /// Takes the units nobody has begun, so that the region ends; returns how many.
  private long claimTheRest() {
    while (true) {
      long claim = (long) WORD.getVolatile(words, CLAIM);
      int left = (int) claim;
      if (WORD.compareAndSet(words, CLAIM, claim, claim - left)) {
        return left;
      }
    }
  }

  private static void rethrow(Throwable thrown) {
    switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a unit threw a checked exception", thrown);
    }
  }

  private static int parkedWord(int worker) {
    return PARKED + (worker - 1) * APART;
  }
}

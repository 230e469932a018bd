package io.fiddler.kernel.cpu;

import io.fiddler.kernel.ExpertSegment;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that leads parallel regions in place of the step thread, as worker 0 of the pool, so
/// that the step thread is free to feed the other lanes: submitting a streamed slice takes longer
/// than a core's share of a small expert. One piece of work at a time.
///
/// Both sides spin for a moment before they park, since waking a parked thread takes about 100 us,
/// which is what a small expert takes in all.
final class ForemanThread implements AutoCloseable {
  private final Thread thread;
  private volatile @Nullable Work next;
  private volatile boolean closed;

  ForemanThread() {
    thread = Thread.ofPlatform().daemon().name("fiddler-foreman").start(this::run);
  }

  /// Begins `task`.
  ///
  /// @throws IllegalStateException if what was begun before is not finished, or after close
  ExpertSegment.Started begin(Runnable task) {
    if (closed) {
      throw new IllegalStateException("the segments are closed");
    }
    if (next != null) {
      throw new IllegalStateException("the experts begun before must be finished first");
    }
    Work work = new Work(task);
    next = work;
    LockSupport.unpark(thread);
    return work;
  }

  /// Ends the thread after what it is at; a second call does nothing.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it may still read memory that is freed next
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Waiting waiting = new Waiting();
    while (true) {
      Work work = next;
      if (work != null && !work.done) {
        work.run();
        waiting.reset();
      } else if (closed) {
        return;
      } else if (waiting.shouldPark()) {
        LockSupport.park(this); // returns at once if something was begun since we looked
        waiting.reset();
      }
    }
  }

  private final class Work implements ExpertSegment.Started {
    private final Runnable task;
    private final Thread owner = Thread.currentThread();
    private @Nullable Throwable failure;
    private long startNanos;
    private long endNanos;
    private volatile boolean done;

    Work(Runnable task) {
      this.task = task;
    }

    void run() {
      startNanos = System.nanoTime();
      try {
        task.run();
      } catch (Throwable t) { // whoever finishes gets it, and the thread lives on
        failure = t;
      }
      endNanos = System.nanoTime();
      done = true;
      LockSupport.unpark(owner);
    }

    @Override
    public void finish() {
      if (next != this) {
        throw new IllegalStateException("experts are finished once, got a second time");
      }
      Waiting waiting = new Waiting();
      boolean interrupted = false;
      while (!done) {
        if (waiting.shouldPark()) {
          LockSupport.park(this);
          interrupted |= Thread.interrupted(); // a set flag would make every later park return
        }
      }
      next = null;
      if (interrupted) {
        owner.interrupt();
      }
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException("experts threw a checked exception", failure);
      }
    }

    @Override
    public long startNanos() {
      return startNanos;
    }

    @Override
    public long endNanos() {
      return endNanos;
    }
  }
}

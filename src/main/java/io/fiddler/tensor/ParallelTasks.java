package io.fiddler.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Independent pieces of work shared by threads that live as long as the work: filling memory,
/// whose pages the filling threads touch first.
public final class ParallelTasks {
  private final int numTasks;
  private final Task task;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private ParallelTasks(int numTasks, Task task) {
    this.numTasks = numTasks;
    this.task = task;
  }

  /// A piece of work.
  @FunctionalInterface
  public interface Task {
    /// Does piece `index`; `worker`, from zero, is different for calls that run at the same time.
    void run(int worker, int index);
  }

  /// Runs the pieces `[0, numTasks)` on up to `numThreads` threads and returns when all are done.
  /// The first failure stops the rest and is thrown when no piece runs any more.
  ///
  /// @throws CancellationException if the calling thread is interrupted
  public static void run(int numThreads, int numTasks, Task task) {
    if (numThreads < 1) {
      throw new IllegalArgumentException("numThreads must be positive, got " + numThreads);
    }
    ParallelTasks tasks = new ParallelTasks(numTasks, task);
    List<Thread> threads = new ArrayList<>();
    try {
      for (int i = 0; i < Math.min(numThreads, numTasks); i++) {
        int worker = i;
        threads.add(
            Thread.ofPlatform().daemon().name("fiddler-load-" + i).start(() -> tasks.work(worker)));
      }
    } catch (OutOfMemoryError e) {
      tasks.failure.compareAndSet(null, e);
    }
    threads.forEach(tasks::join);
    tasks.rethrow();
  }

  private void work(int worker) {
    try {
      for (int index = next.getAndIncrement();
          index < numTasks && failure.get() == null;
          index = next.getAndIncrement()) {
        task.run(worker, index);
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  /// Waits in any case: a thread that still runs would write into memory that the caller frees.
  private void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        failure.compareAndSet(null, new CancellationException("interrupted"));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void rethrow() {
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new AssertionError(e);
    }
  }
}

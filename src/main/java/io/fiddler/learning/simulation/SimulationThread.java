package io.fiddler.learning.simulation;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The one thread that simulates, so that however many ask, serving loses no more than one core for
/// a while. Thread-safe.
public final class SimulationThread implements AutoCloseable {
  private static final int MOST_WAITING = 4;

  private final Duration limit;
  private final ThreadPoolExecutor thread;

  /// @param limit how long a simulation may take, waiting included
  public SimulationThread(Duration limit) {
    this.limit = limit;
    this.thread =
        new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().name("fiddler-simulation").daemon().factory());
  }

  /// Runs `work` and waits for it. It is interrupted if it takes too long, or if the caller is.
  ///
  /// @throws SimulationBusyException if there was no time for it
  public <T> T run(Callable<T> work) {
    Future<T> future;
    try {
      future = thread.submit(work);
    } catch (RejectedExecutionException e) {
      if (thread.isShutdown()) {
        throw stopping();
      }
      throw new SimulationBusyException(
          "%d simulations are waiting already; try again later".formatted(MOST_WAITING));
    }
    try {
      return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new SimulationBusyException(
          "the simulation was given up after %d s (fiddler.simulation.time-limit); a lower fiddler.simulation.max-tokens takes less"
              .formatted(limit.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SimulationBusyException("nobody waits for the simulation any more");
    } catch (CancellationException e) {
      throw stopping();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } finally {
      future.cancel(true);
    }
  }

  /// Simulations that wait for the one that runs.
  int waiting() {
    return thread.getQueue().size();
  }

  private static SimulationBusyException stopping() {
    return new SimulationBusyException("the service stops");
  }

  /// Gives up what runs and waits; whoever waits for it is told.
  @Override
  public void close() {
    for (Runnable waiting : thread.shutdownNow()) {
      if (waiting instanceof Future<?> future) {
        future.cancel(false);
      }
    }
  }
}

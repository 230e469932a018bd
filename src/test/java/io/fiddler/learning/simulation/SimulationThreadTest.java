package io.fiddler.learning.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SimulationThreadTest {
  @Test
  void work_isInterrupted_whenItTakesTooLong() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    try (SimulationThread thread = new SimulationThread(Duration.ofMillis(20))) {
      assertThatExceptionOfType(SimulationBusyException.class)
          .isThrownBy(() -> thread.run(() -> waitFor(new CountDownLatch(1), interrupted)))
          .withMessageContaining("fiddler.simulation.time-limit");
      assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void work_isRefused_whenTooMuchWaits() {
    CountDownLatch goOn = new CountDownLatch(1);
    try (SimulationThread thread = new SimulationThread(Duration.ofMinutes(1))) {
      CompletableFuture<?>[] taken = new CompletableFuture<?>[5];
      CountDownLatch begun = new CountDownLatch(1);
      taken[0] =
          CompletableFuture.runAsync(
              () ->
                  thread.run(() -> {
                    begun.countDown();
                    return waitFor(goOn, new CountDownLatch(1));
                  }),
              Thread::startVirtualThread);
      assertThat(waitFor(begun, new CountDownLatch(1))).isTrue();
      for (int i = 1; i < taken.length; i++) {
        taken[i] =
            CompletableFuture.runAsync(() -> thread.run(() -> true), Thread::startVirtualThread);
      }
      awaitRefusal(thread);
      goOn.countDown();
      CompletableFuture.allOf(taken).orTimeout(60, TimeUnit.SECONDS).join();
    }
  }

  /// Refused as soon as the other four have arrived.
  private static void awaitRefusal(SimulationThread thread) {
    while (thread.waiting() < 4) {
      Thread.onSpinWait();
    }
    assertThatExceptionOfType(SimulationBusyException.class)
        .isThrownBy(() -> thread.run(() -> true))
        .withMessage("4 simulations are waiting already; try again later");
  }

  @Test
  void everyCaller_isToldAtOnce_whenItCloses() {
    CountDownLatch begun = new CountDownLatch(1);
    SimulationThread thread = new SimulationThread(Duration.ofMinutes(5));
    CompletableFuture<?>[] callers = new CompletableFuture<?>[3];
    for (int i = 0; i < callers.length; i++) {
      callers[i] =
          CompletableFuture.runAsync(
              () ->
                  thread.run(() -> {
                    begun.countDown();
                    return waitFor(new CountDownLatch(1), new CountDownLatch(1));
                  }),
              Thread::startVirtualThread);
    }
    assertThat(waitFor(begun, new CountDownLatch(1))).isTrue();
    while (thread.waiting() < 2) {
      Thread.onSpinWait();
    }

    thread.close();

    for (CompletableFuture<?> caller : List.of(callers[1], callers[2], callers[0])) {
      caller.exceptionally(_ -> null).orTimeout(30, TimeUnit.SECONDS).join();
    }
    assertThatExceptionOfType(SimulationBusyException.class)
        .isThrownBy(() -> thread.run(() -> true))
        .withMessage("the service stops");
  }

  @Test
  void failures_areTheCallers() {
    try (SimulationThread thread = new SimulationThread(Duration.ofMinutes(1))) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() ->
              thread.run(() -> {
                throw new IllegalArgumentException("policy must be another");
              }))
          .withMessage("policy must be another");
    }
  }

  private static boolean waitFor(CountDownLatch latch, CountDownLatch interrupted) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted.countDown();
      return false;
    }
  }
}

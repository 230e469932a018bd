package io.fiddler.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParallelTasksTest {
  @ParameterizedTest
  @CsvSource({"1, 0", "1, 1", "1, 17", "3, 1", "3, 1000", "8, 7"})
  void run_doesEachPieceOnce(int numThreads, int numTasks) {
    AtomicIntegerArray runs = new AtomicIntegerArray(numTasks);
    AtomicIntegerArray busy = new AtomicIntegerArray(numThreads);
    ParallelTasks.run(
        numThreads,
        numTasks,
        (worker, index) -> {
          assertThat(busy.incrementAndGet(worker)).isOne();
          runs.incrementAndGet(index);
          busy.decrementAndGet(worker);
        });
    for (int i = 0; i < numTasks; i++) {
      assertThat(runs.get(i)).isOne();
    }
  }

  @Test
  void run_throwsTheFirstFailureAndStops_whenAPieceFails() {
    AtomicInteger runs = new AtomicInteger();
    IllegalStateException failure = new IllegalStateException("piece 3");
    assertThatThrownBy(() ->
            ParallelTasks.run(
                1,
                1000,
                (_, index) -> {
                  runs.incrementAndGet();
                  if (index == 3) {
                    throw failure;
                  }
                }))
        .isSameAs(failure);
    assertThat(runs).hasValue(4);
  }

  @Test
  void run_stopsAndCancels_whenTheCallerIsInterrupted() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    Thread caller =
        Thread.ofPlatform()
            .unstarted(() -> {
              assertThatThrownBy(() ->
                      ParallelTasks.run(
                          1,
                          Integer.MAX_VALUE,
                          (_, _) -> {
                            runs.incrementAndGet();
                            started.countDown();
                          }))
                  .isInstanceOf(CancellationException.class);
              if (Thread.currentThread().isInterrupted()) {
                interrupted.countDown();
              }
            });
    caller.start();
    started.await();
    caller.interrupt();
    caller.join();
    assertThat(interrupted.getCount()).as("the interrupt is passed on").isZero();
    assertThat(runs.get()).isLessThan(Integer.MAX_VALUE);
  }

  @Test
  void run_refuses_whenThereIsNoThread() {
    assertThatThrownBy(() -> ParallelTasks.run(0, 1, (_, _) -> {}))
        .hasMessage("numThreads must be positive, got 0");
  }
}

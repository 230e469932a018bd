package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void run_doesEveryUnitOnce_whateverTheNumberOfWorkers(int workers) {
    try (WorkerPool pool = new WorkerPool(workers)) {
      for (int units : new int[] {0, 1, 2, 7, 1000}) {
        AtomicIntegerArray done = new AtomicIntegerArray(units);
        pool.run(
            units,
            (worker, unit) -> {
              assertThat(worker).isBetween(0, workers - 1);
              done.incrementAndGet(unit);
            });
        for (int unit = 0; unit < units; unit++) {
          assertThat(done.get(unit)).as("unit %d of %d", unit, units).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void run_losesNoUnit_whenRegionsFollowEachOtherClosely() {
    try (WorkerPool pool = new WorkerPool(4)) {
      AtomicInteger done = new AtomicInteger();
      for (int region = 0; region < 20_000; region++) {
        int units = region % 5;
        done.set(0);
        pool.run(units, (worker, unit) -> done.addAndGet(unit + 1));
        assertThat(done.get()).as("region %d", region).isEqualTo(units * (units + 1) / 2);
      }
    }
  }

  @Test
  void run_makesWritesVisible_whenItReturns() {
    try (WorkerPool pool = new WorkerPool(3)) {
      int[] written = new int[64];
      for (int region = 1; region < 2_000; region++) {
        int value = region;
        pool.run(written.length, (worker, unit) -> written[unit] = value);
        assertThat(written).containsOnly(value);
      }
    }
  }

  @Test
  void run_usesAllWorkers_whenUnitsWaitForEachOther() {
    int workers = 3;
    try (WorkerPool pool = new WorkerPool(workers)) {
      for (int region = 0; region < 50; region++) {
        CountDownLatch met = new CountDownLatch(workers);
        pool.run(
            workers,
            (worker, unit) -> {
              met.countDown();
              awaitLatch(met);
            });
        assertThat(met.getCount()).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void run_throwsWhatAUnitThrew_andThePoolStaysUsable(int workers) {
    try (WorkerPool pool = new WorkerPool(workers)) {
      for (int round = 0; round < 200; round++) {
        int bad = round % 40;
        AtomicInteger running = new AtomicInteger();
        IllegalStateException thrown = new IllegalStateException("unit " + bad);
        assertThatThrownBy(() ->
                pool.run(
                    40,
                    (worker, unit) -> {
                      running.incrementAndGet();
                      try {
                        if (unit == bad) {
                          throw thrown;
                        }
                      } finally {
                        running.decrementAndGet();
                      }
                    }))
            .isSameAs(thrown);
        assertThat(running.get()).as("units still running after the throw").isZero();
        AtomicInteger done = new AtomicInteger();
        pool.run(40, (worker, unit) -> done.incrementAndGet());
        assertThat(done.get()).isEqualTo(40);
      }
    }
  }

  @Test
  void run_throwsAnErrorAsItIs_whenAWorkerFails() {
    try (WorkerPool pool = new WorkerPool(2)) {
      LinkageError error = new LinkageError("no such kernel");
      assertThatThrownBy(() ->
              pool.run(
                  8,
                  (worker, unit) -> {
                    throw error;
                  }))
          .isSameAs(error);
    }
  }

  @Test
  void run_refuses_whenCalledFromWithinARegion() {
    try (WorkerPool pool = new WorkerPool(2)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> pool.run(4, (worker, unit) -> pool.run(1, (w, u) -> {})))
          .withMessageContaining("neither nest nor overlap");
      pool.run(4, (worker, unit) -> {});
    }
  }

  @Test
  void close_endsTheThreads_andFurtherRunsAreRefused() {
    WorkerPool pool = new WorkerPool(3);
    Thread[] threads = new Thread[3];
    CountDownLatch met = new CountDownLatch(3);
    pool.run(
        3,
        (worker, unit) -> {
          threads[worker] = Thread.currentThread();
          met.countDown();
          awaitLatch(met);
        });
    pool.close();
    pool.close();
    assertThat(threads[0]).isSameAs(Thread.currentThread());
    assertThat(threads[1].isAlive()).isFalse();
    assertThat(threads[2].isAlive()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> pool.run(1, (worker, unit) -> {}));
  }

  @Test
  void constructor_refuses_whenThereWouldBeNoWorker() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WorkerPool(0))
        .withMessage("workers must be at least 1, got 0");
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

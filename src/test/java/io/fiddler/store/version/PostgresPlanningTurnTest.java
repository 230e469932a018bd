package io.fiddler.store.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.CuttingProxy;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import io.fiddler.usage.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Replicas as threads with connections of their own: the lock knows only connections.
final class PostgresPlanningTurnTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final int REPLICAS = 6;

  @Test
  void replicas_planOneAfterTheOther_whenAllStartAtOnce() throws Exception {
    AtomicInteger planning = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (TestStore store = TestStore.create();
        ExecutorService replicas = Executors.newFixedThreadPool(REPLICAS)) {
      PostgresPlanningTurn turn = turn(store, LONG);
      Callable<Integer> start =
          () ->
              turn.take(
                  "print",
                  () -> {
                    most.accumulateAndGet(planning.incrementAndGet(), Math::max);
                    store.count("select count(*) from placement"); // as long as planning takes
                    return planning.decrementAndGet();
                  });
      List<Future<Integer>> all =
          replicas.invokeAll(IntStream.range(0, REPLICAS).mapToObj(_ -> start).toList());
      for (Future<Integer> each : all) {
        assertThat(each.get()).isZero();
      }
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void anotherModel_isNotWaitedFor() {
    try (TestStore store = TestStore.create()) {
      PostgresPlanningTurn turn = turn(store, LONG);

      assertThat(turn.<Integer>take("one", () -> turn.take("other", () -> 1))).isEqualTo(1);
    }
  }

  @Test
  void replicaThatHangs_isNotWaitedForForEver() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    try (TestStore store = TestStore.create();
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      PostgresPlanningTurn turn = turn(store, SHORT);
      Future<Boolean> hanging =
          other.submit(() ->
              turn.take(
                  "print",
                  () -> {
                    held.countDown();
                    return awaited(released);
                  }));
      held.await();

      assertThat(turn.<Integer>take("print", () -> 2)).isEqualTo(2);

      released.countDown();
      assertThat(hanging.get()).isTrue();
    }
  }

  @Test
  void turn_isFreeAgain_whenTheConnectionOfItsHolderIsCut() throws IOException {
    TestDatabase database = TestDatabase.create();
    try (TestStore store = TestStore.of(database.pool());
        CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource far = database.through(proxy.port()).pool()) {
      PostgresPlanningTurn dying = new PostgresPlanningTurn(far, store.migrations(), LONG);

      assertThat(
              dying.<Integer>take(
                  "print",
                  () -> {
                    cut(proxy);
                    return turn(store, LONG).take("print", () -> 3);
                  }))
          .isEqualTo(3);
      assertThatThrownBy(() -> dying.take("print", () -> 4))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageStartingWith("the database does not answer: ");
    }
  }

  private static PostgresPlanningTurn turn(TestStore store, Duration patience) {
    return new PostgresPlanningTurn(store.pool(), store.migrations(), patience);
  }

  private static void cut(CuttingProxy proxy) {
    try {
      proxy.down();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

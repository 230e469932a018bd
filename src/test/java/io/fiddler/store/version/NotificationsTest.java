package io.fiddler.store.version;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.CuttingProxy;
import io.fiddler.store.Notifications;
import io.fiddler.store.PostgresPlacementStore;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import io.fiddler.usage.PlacementAction;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

final class NotificationsTest {
  private static final Duration NEVER = Duration.ofDays(1);

  private final Semaphore told = new Semaphore(0);

  @Test
  void listener_isTold_whenSomethingIsRecorded() throws Exception {
    try (TestStore store = TestStore.create();
        Notifications _ = start(store.pool(), store, NEVER)) {
      awaitTold(); // what was there before it listened

      record(store);

      awaitTold();
    }
  }

  /// Else a replica that cannot follow would wake itself for ever.
  @Test
  void nobodyIsTold_whenAVersionIsRecordedWithoutAnEvent() throws Exception {
    try (TestStore store = TestStore.create();
        Connection listening = store.pool().getConnection();
        Statement statement = listening.createStatement()) {
      statement.execute("listen fiddler_placement");

      new PostgresPlacementStore(store.connection())
          .record(Versions.of("print", "a"), PlacementAction.FOLLOW);
      record(store);

      // One of two: they come in order, with the commits.
      PGConnection postgres = listening.unwrap(PGConnection.class);
      assertThat(postgres.getNotifications((int) TestStore.PATIENCE.toMillis())).hasSize(1);
      assertThat(postgres.getNotifications()).isNullOrEmpty();
    }
  }

  @Test
  void listener_isTold_whenNothingComesForAWhile() throws Exception {
    try (TestStore store = TestStore.create();
        Notifications _ = start(store.pool(), store, Duration.ofMillis(20))) {
      awaitTold();
      awaitTold();
      awaitTold();
    }
  }

  @Test
  void listener_isToldAgain_whenItsConnectionWasCut() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (TestStore store = TestStore.of(database.pool());
        CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource far = database.through(proxy.port()).pool();
        Notifications _ = start(far, store, NEVER)) {
      awaitTold();
      proxy.down();
      record(store); // while nobody listens: found when it listens again
      proxy.up();
      awaitTold();
      record(store);
      awaitTold();
    }
  }

  @Test
  void listening_endsAtOnce_whenItIsClosed() throws Exception {
    try (TestStore store = TestStore.create()) {
      Notifications notifications = start(store.pool(), store, NEVER);
      awaitTold();

      notifications.close();
      notifications.close();

      record(store);
      assertThat(told.tryAcquire()).isFalse();
    }
  }

  private Notifications start(HikariDataSource pool, TestStore store, Duration poll) {
    return Notifications.start(
        Notifications.Channel.PLACEMENT, pool, store.migrations(), poll, told::release);
  }

  private static void record(TestStore store) {
    new PostgresPlacementStore(store.connection())
        .record(Versions.of("print", "a"), PlacementAction.APPLY);
  }

  private void awaitTold() throws InterruptedException {
    assertThat(told.tryAcquire(TestStore.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}

package io.fiddler.store.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.CuttingProxy;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import io.fiddler.usage.access.Actor;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyAdministration;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.Scope;
import io.fiddler.usage.access.limit.Admission;
import io.fiddler.usage.access.limit.Admission.Exceeded;
import io.fiddler.usage.access.limit.Admission.Granted;
import io.fiddler.usage.access.limit.EnduringPool;
import io.fiddler.usage.access.limit.LimitKind;
import io.fiddler.usage.access.limit.LimitPool.Claim;
import io.fiddler.usage.access.limit.LimitPool.Lot;
import io.fiddler.usage.access.limit.LimitPool.Taken;
import io.fiddler.usage.access.limit.Limiter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Limits over one database, as two replicas share it.
final class PostgresLimitsTest {
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final TestDatabase database = TestDatabase.create();
  private final TestStore store = TestStore.of(database.pool());
  private final KeyAdministration administration =
      new KeyAdministration(
          new PostgresApiKeys(store.connection()),
          new PostgresAuditLog(store.connection()),
          Clock.systemUTC(),
          () -> {});
  private Duration ahead = Duration.ZERO;

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void twoReplicas_letThroughTheLimit_andALeaseEachAtMost() {
    ApiKey key = key(new KeyLimits(60L, null, null, null));
    List<Limiter> replicas = List.of(limiter(store, "a"), limiter(store, "b"));
    int admitted = 0;
    for (int i = 0; i < 200; i++) {
      if (replicas.get(i % 2).admit(key) instanceof Granted) {
        admitted++;
      }
    }
    // A lease is two requests: what one replica holds and does not use is the other's loss.
    assertThat(admitted).isBetween(60 - 2 * 2, 60 + 2 * 2);
  }

  @Test
  void window_slides_bySeconds() {
    ApiKey key = key(new KeyLimits(10L, null, null, null));
    PostgresLimitPool pool = new PostgresLimitPool(store.connection());
    Claim claim = new Claim(key.id(), LimitKind.REQUESTS, 10, 4, 4);
    Taken first = pool.take(claim);
    assertThat(first.grant().units()).isEqualTo(4);
    age(30);
    pool.take(claim);
    assertThat(pool.take(claim).grant())
        .satisfies(grant -> {
          assertThat(grant.units()).isZero();
          assertThat(grant.free()).isEqualTo(2);
          assertThat(grant.retryAfter()).isBetween(Duration.ofSeconds(28), Duration.ofSeconds(31));
          assertThat(grant.resetAfter()).isBetween(Duration.ofSeconds(58), Duration.ofSeconds(61));
        });
    age(31);
    assertThat(pool.take(claim).grant().units()).isEqualTo(4);
    Lot aged = new Lot(first.lot().slot().minusSeconds(61), false);
    pool.giveBack(key.id(), LimitKind.REQUESTS, aged, 4); // its minute is over: nothing
    assertThat(pool.take(claim).grant().units()).isZero();
  }

  @Test
  void permits_areSharedOut_andThoseOfADeadReplicaReturn() {
    ApiKey key = key(new KeyLimits(null, null, 3L, null));
    Limiter a = limiter(store, "a");
    Limiter b = limiter(store, "b");
    assertThat(a.admit(key)).isInstanceOf(Granted.class);
    assertThat(a.admit(key)).isInstanceOf(Granted.class);
    assertThat(b.admit(key)).isInstanceOf(Granted.class);
    assertThat(b.admit(key)).isInstanceOf(Exceeded.class);
    store
        .jdbc()
        .sql("update key_permit set expires_at = now() - interval '1 s' where replica = 'a'")
        .update();
    ahead = Duration.ofMillis(100); // So long a refusal is believed.
    assertThat(b.admit(key)).isInstanceOf(Granted.class);
  }

  @Test
  void replica_holdsLimitsForItself_whileTheDatabaseIsDown_andTellsTheMonthLater()
      throws Exception {
    ApiKey key = key(new KeyLimits(null, 100L, null, 1_000L));
    try (CuttingProxy proxy = new CuttingProxy(database);
        var far = database.through(proxy.port()).pool();
        TestStore farStore = TestStore.of(far)) {
      proxy.down();
      Limiter limiter = limiter(farStore, "far");
      Admission granted = limiter.reserve(key, 60);
      assertThat(granted).isInstanceOf(Granted.class);
      assertThat(limiter.reserve(key, 60)).isInstanceOf(Exceeded.class);
      proxy.up();
    }
    EnduringPool pool =
        new EnduringPool(new PostgresLimitPool(store.connection()), Clock.systemUTC());
    pool.take(new Claim(key.id(), LimitKind.MONTH, 1_000, 100, 100));
    assertThat(store.count("select sum(units) from key_taken where kind = 'month'")).isEqualTo(100);
  }

  private void age(int seconds) {
    store
        .jdbc()
        .sql("update key_taken set slot = slot - make_interval(secs => :seconds)")
        .param("seconds", seconds)
        .update();
  }

  private ApiKey key(KeyLimits limits) {
    return administration
        .create(
            new KeySettings("app", "default", EnumSet.of(Scope.INFERENCE), limits, 0, null, null),
            new Actor("test", null))
        .key();
  }

  private Limiter limiter(TestStore store, String replica) {
    InstantSource clock = () -> Instant.now().plus(ahead);
    return new Limiter(
        new EnduringPool(new PostgresLimitPool(store.connection()), clock),
        new PostgresPermitPool(store.connection(), () -> replica),
        clock,
        LEASE);
  }
}

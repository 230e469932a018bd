package io.fiddler.store.upkeep;

import static io.fiddler.store.TestStore.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.CuttingProxy;
import io.fiddler.store.Migrations;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class StoreUpkeepTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-22T10:30:00Z"));
  private static final Retention FOR_EVER =
      new Retention(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  @Test
  void upkeep_beginsAtTheStart() {
    try (TestStore store = TestStore.create();
        StoreUpkeep upkeep = StoreUpkeep.start(store.pool(), store.migrations(), FOR_EVER, CLOCK)) {
      await(() -> upkeep.status().rounds() == 1);
      assertThat(upkeep.status().lastRound()).isEqualTo(CLOCK.instant());
      assertThat(store.count("select count(*) from request_log_20261123")).isZero();
    }
  }

  @Test
  void upkeep_fails_whenTheDatabaseDoes_andNothingElse() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource pool = database.through(proxy.port()).pool();
        Migrations migrations = Migrations.start(pool)) {
      migrations.await(PATIENCE, true);
      proxy.down();
      try (StoreUpkeep upkeep = StoreUpkeep.start(pool, migrations, FOR_EVER, CLOCK)) {
        await(() -> upkeep.status().failures() == 1);
        assertThat(upkeep.status().lastError()).isNotBlank();
        assertThat(upkeep.status().lastRound()).isNull();
      }
      proxy.up();
      pool.getHikariPoolMXBean().softEvictConnections();
      assertThat(new UpkeepRound(pool, FOR_EVER).run(CLOCK.instant()).made()).isGreaterThan(7);
    }
  }

  @Test
  void retention_isRefused_whenItIsNegative() {
    Duration negative = Duration.ofDays(-1);
    assertThatThrownBy(() -> new Retention(negative, negative, negative, negative, negative))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("retention must be zero or longer, got PT-24H");
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it does not happen").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}

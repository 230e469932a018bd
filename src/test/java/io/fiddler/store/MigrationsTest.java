package io.fiddler.store;

import static io.fiddler.store.TestStore.PATIENCE;
import static io.fiddler.store.TestStore.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.HalfLives;
import io.fiddler.store.writer.StoreWriter;
import io.fiddler.store.writer.WriterOptions;
import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class MigrationsTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");

  @Test
  void await_isTrueAtOnce_whenTheSchemaIsThereAlready() {
    TestDatabase database = TestDatabase.create();
    try (TestStore first = TestStore.of(database.pool());
        TestStore second = TestStore.of(database.pool())) {
      assertThat(first.migrations().done()).isTrue();
      assertThat(second.migrations().done()).isTrue();
      assertThat(
              second.count("select count(*) - count(distinct version) from flyway_schema_history"))
          .isZero();
    }
  }

  @Test
  void service_startsWithout_andMigratesLater_whenTheDatabaseIsDown() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource pool = database.through(proxy.port()).pool()) {
      proxy.down();
      try (Migrations migrations = Migrations.start(pool);
          StoreWriter writer =
              StoreWriter.start(pool, migrations, Optional::empty, WriterOptions.defaults())) {
        assertThat(migrations.await(SHORT, false)).isFalse();
        writer.append(request(NOW));
        assertThat(writer.flush(SHORT)).isFalse();
        assertThat(writer.status().available()).isFalse();
        assertThatThrownBy(() ->
                new PostgresActivationHistory(new StoreConnection(pool, migrations))
                    .past(
                        "print",
                        new ExpertGrid(List.of(2)),
                        NOW,
                        new HalfLives(Duration.ofDays(1), Duration.ofHours(1))))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("the database is");
        proxy.up();
        assertThat(migrations.await(PATIENCE, true)).isTrue();
        assertThat(writer.flush(PATIENCE)).isTrue();
      }
      assertThat(
              JdbcClient.create(pool)
                  .sql("select count(*) from request_log")
                  .query(Long.class)
                  .single())
          .isEqualTo(1);
    }
  }

  @Test
  void await_throws_whenTheDatabaseIsDownAndRequired() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (CuttingProxy proxy = new CuttingProxy(database);
        HikariDataSource pool = database.through(proxy.port()).pool()) {
      proxy.down();
      try (Migrations migrations = Migrations.start(pool)) {
        assertThatThrownBy(() -> migrations.await(SHORT, true))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageStartingWith("the database does not answer within 300ms");
      }
    }
  }

  @Test
  void await_throws_whenTheDatabaseCannotBeMigrated() {
    try (HikariDataSource pool = TestDatabase.create().pool()) {
      JdbcClient.create(pool).sql("create table writer (something integer)").update();
      try (Migrations migrations = Migrations.start(pool)) {
        assertThatThrownBy(() -> migrations.await(PATIENCE, false))
            .isInstanceOf(MigrationFailedException.class)
            .hasMessageStartingWith("the database cannot be migrated");
      }
    }
  }

  @Test
  void repositories_saySo_whenTheDatabaseGoesAway() throws Exception {
    TestDatabase database = TestDatabase.create();
    try (CuttingProxy proxy = new CuttingProxy(database);
        TestStore store = TestStore.of(database.through(proxy.port()).pool())) {
      proxy.down();
      assertThatThrownBy(() -> new PostgresPlacementStore(store.connection()).find(1))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageStartingWith("the database does not answer: ");
    }
  }
}

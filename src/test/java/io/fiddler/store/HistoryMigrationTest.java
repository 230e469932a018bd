package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A database of the first version keeps what it has.
final class HistoryMigrationTest {
  @Test
  void rows_areAllThere_afterTheMigration() {
    try (HikariDataSource pool = TestDatabase.create().pool()) {
      Flyway.configure()
          .dataSource(pool)
          .locations("classpath:db/migration")
          .target("1")
          .load()
          .migrate();
      JdbcClient.create(pool)
          .sql(
              """
              do $$ begin perform request_log_ensure_partition('2026-11-20'); end $$;
              insert into expert_activation values
                ('print', 0, 'decode', 'a', '2026-11-20 05:00Z', '{1,2}'),
                ('print', 0, 'decode', 'a', '2026-11-21 05:00Z', '{3,4}');
              insert into request_log (
                id, created_at, tenant, route, stream, status, prompt_tokens, completion_tokens, queue_millis, total_millis, sampling)
              values
                (gen_random_uuid(), '2026-11-20 05:10Z', 'a', '/', false, 200, 1, 10, 0, 5, '{}'),
                (gen_random_uuid(), '2026-11-20 05:20Z', 'b', '/', false, 500, 2, 20, 0, 6, '{}'),
                (gen_random_uuid(), '2026-11-21 05:20Z', 'b', '/', false, 200, 4, 40, 0, 7, '{}');
              """)
          .update();
      try (TestStore store = TestStore.of(pool)) {
        assertThat(store.count("select sum(count) from expert_activation_by_expert")).isEqualTo(10);
        assertThat(
                store.count(
                    "select sum(requests) from request_usage where width = 'day' and all_tenants"))
            .isEqualTo(3);
        assertThat(
                store.count(
                    "select completion_tokens from request_usage"
                        + " where width = 'hour' and all_tenants and start = '2026-11-20 05:00Z'"))
            .isEqualTo(30);
        assertThat(
                store.count(
                    "select sum(failed) from request_usage where width = 'hour' and tenant = 'b'"))
            .isEqualTo(1);
      }
    }
  }
}

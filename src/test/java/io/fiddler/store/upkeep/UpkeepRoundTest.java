package io.fiddler.store.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.store.TestStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

final class UpkeepRoundTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");
  private static final Duration FOR_EVER = Duration.ZERO;

  private final TestStore store = TestStore.create();

  @BeforeEach
  void traces() {
    // As the migration of traces makes it, or made it.
    store
        .jdbc()
        .sql(
            """
            drop table if exists activation_trace;
            create table activation_trace (created_at timestamptz not null) partition by range (created_at);
            create table activation_trace_default partition of activation_trace default
            """)
        .update();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void round_makesPartitionsOfNowAndNext() throws SQLException {
    UpkeepRound.Done done = round(retention(FOR_EVER)).run(NOW);
    assertThat(done.made()).isEqualTo(10);
    assertThat(partitions("request_log"))
        .containsExactly("request_log_20261122", "request_log_20261123");
    assertThat(partitions("activation_trace"))
        .containsExactly("activation_trace_20261122", "activation_trace_20261123");
    assertThat(partitions("expert_activation_day"))
        .containsExactly("expert_activation_day_202611", "expert_activation_day_202612");
    assertThat(round(retention(FOR_EVER)).run(NOW).nothing()).isTrue();
  }

  @Test
  void round_movesRowsToTheirPartition_whenTheyCameBeforeIt() throws SQLException {
    hour("2026-11-20T05:00:00Z", "{1,2}");
    hour("2026-11-22T05:00:00Z", "{3,4}");
    round(retention(FOR_EVER)).run(NOW);
    assertThat(store.count("select count(*) from expert_activation_default")).isZero();
    assertThat(store.count("select counts[2] from expert_activation_20261120")).isEqualTo(2);
    assertThat(store.count("select counts[2] from expert_activation_20261122")).isEqualTo(4);
  }

  @Test
  void hours_becomeDays_onceTheyAreOld() throws SQLException {
    hour("2026-11-19T00:00:00Z", "{1,2,3}");
    hour("2026-11-19T23:00:00Z", "{10,20,30}");
    hour("2026-11-20T00:00:00Z", "{100,200,300}");
    round(retention(FOR_EVER)).run(NOW);
    assertThat(round(retention(Duration.ofDays(2))).run(NOW).removed())
        .containsExactly(Map.entry("expert_activation", 1));
    assertThat(days()).containsExactly("2026-11-19 {11,22,33}");
    assertThat(store.count("select count(*) from expert_activation")).isEqualTo(1);
    assertThat(partitions("expert_activation")).doesNotContain("expert_activation_20261119");
    assertThat(total()).isEqualTo(666);
  }

  @Test
  void hours_becomeDays_withoutEverHavingHadAPartition() throws SQLException {
    hour("2026-11-19T00:00:00Z", "{1,2}");
    hour("2026-08-01T00:00:00Z", "{10,20}");
    round(retention(Duration.ofDays(2))).run(NOW);
    assertThat(days()).containsExactly("2026-08-01 {10,20}", "2026-11-19 {1,2}");
    assertThat(partitions("expert_activation_day"))
        .contains("expert_activation_day_202608", "expert_activation_day_202611");
    assertThat(store.count("select count(*) from expert_activation")).isZero();
  }

  @Test
  void lateHours_areAddedToTheirDay() throws SQLException {
    UpkeepRound round = round(retention(Duration.ofDays(2)));
    hour("2026-11-19T05:00:00Z", "{1,2}");
    round.run(NOW);
    hour("2026-11-19T05:00:00Z", "{10,20}");
    assertThat(total()).isEqualTo(33);
    round.run(NOW);
    hour("2026-11-19T06:00:00Z", "{100,0,5}");
    round.run(NOW);
    assertThat(days()).containsExactly("2026-11-19 {111,22,5}");
    assertThat(round.run(NOW).nothing()).isTrue();
  }

  @Test
  void days_haveEveryLayerTenantAndPhase_lateOnesIncluded() throws SQLException {
    UpkeepRound round = round(retention(Duration.ofDays(2)));
    String[] rows = {
      "('print', 0, 'decode', 'a', '2026-11-19 05:00Z', '{1,2}'),"
          + "('print', 2, 'decode', 'a', '2026-11-19 05:00Z', '{3,4,5}')",
      "('print', 1, 'decode', 'a', '2026-11-19 06:00Z', '{0,9}'),"
          + "('print', 2, 'decode', 'a', '2026-11-19 06:00Z', '{10,10,10}'),"
          + "('print', 0, 'prefill', 'b', '2026-11-19 06:00Z', '{7,7}'),"
          + "('other', 0, 'prefill', 'a', '2026-11-19 06:00Z', '{8}')"
    };
    for (String some : rows) {
      store
          .jdbc()
          .sql(
              "insert into expert_activation (fingerprint, layer, phase, tenant, hour, counts) values "
                  + some)
          .update();
      round.run(NOW);
    }
    assertThat(
            store
                .jdbc()
                .sql(
                    "select concat_ws(' ', fingerprint, phase, tenant, experts, counts) from expert_activation_day order by 1")
                .query(String.class)
                .list())
        .containsExactly(
            "other prefill a {1} {8}",
            "print decode a {2,2,3} {1,2,0,9,13,14,15}", "print prefill b {2} {7,7}");
    assertThat(
            store.count(
                "select count from expert_activation_by_expert where fingerprint = 'print' and layer = 2 and expert = 1"))
        .isEqualTo(14);
  }

  @Test
  void hours_stayHours_untilTheLastOfTheirDayIsOldEnough() throws SQLException {
    hour("2026-11-19T00:00:00Z", "{1}");
    UpkeepRound round = round(retention(Duration.ofDays(3)));
    Instant due = Instant.parse("2026-11-23T00:00:00Z");
    round.run(due.minusNanos(1000));
    assertThat(days()).isEmpty();
    round.run(due);
    assertThat(days()).containsExactly("2026-11-19 {1}");
  }

  @Test
  void hours_becomeDaysOnce_whenReplicasDoItTogether_andLateOnesCome() throws Exception {
    for (int hour = 0; hour < 24 * 20; hour++) {
      hour(Instant.parse("2026-11-01T00:00:00Z").plus(Duration.ofHours(hour)).toString(), "{1,1}");
    }
    round(retention(FOR_EVER)).run(NOW);
    List<Thread> replicas = new ArrayList<>();
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    for (int replica = 0; replica < 3; replica++) {
      replicas.add(
          start(failures, () -> tryAgain(() -> round(retention(Duration.ofDays(1))).run(NOW))));
    }
    for (int writer = 0; writer < 2; writer++) {
      replicas.add(
          start(
              failures,
              () -> {
                for (int day = 1; day <= 20; day++) {
                  String late = "2026-11-%02dT07:00:00Z".formatted(day);
                  tryAgain(() -> hour(late, "{1,1}"));
                }
              }));
    }
    for (Thread each : replicas) {
      each.join();
    }
    assertThat(failures).isEmpty();
    assertThat(total()).isEqualTo(2 * (24 * 20 + 2 * 20));
    round(retention(Duration.ofDays(1))).run(NOW);
    assertThat(total()).isEqualTo(2 * (24 * 20 + 2 * 20));
    assertThat(store.count("select count(*) from expert_activation")).isZero();
    assertThat(store.count("select count(*) from expert_activation_day")).isEqualTo(20);
  }

  @Test
  void hours_areNeitherLostNorTwice_whenTheServerProcessDiesInTheMiddle() throws SQLException {
    hour("2026-11-19T05:00:00Z", "{1,2}");
    hour("2026-11-20T05:00:00Z", "{10,20}");
    UpkeepRound round = round(retention(FOR_EVER));
    round.run(NOW);
    store
        .jdbc()
        .sql(
            """
            create function die() returns trigger language plpgsql as
              $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
            create trigger die after insert on expert_activation_day
              for each row when (new.day >= '2026-11-20') execute function die()
            """)
        .update();
    UpkeepRound due = round(retention(Duration.ofDays(1)));
    assertThatThrownBy(() -> due.run(NOW)).isInstanceOf(SQLException.class);
    assertThat(days()).containsExactly("2026-11-19 {1,2}");
    assertThat(total()).isEqualTo(33);
    store.jdbc().sql("drop trigger die on expert_activation_day").update();
    due.run(NOW);
    assertThat(days()).containsExactly("2026-11-19 {1,2}", "2026-11-20 {10,20}");
    assertThat(total()).isEqualTo(33);
  }

  @Test
  void partitions_areDropped_onceAllOfThemIsTooOld() throws SQLException {
    round(retention(FOR_EVER)).run(NOW);
    store
        .jdbc()
        .sql(
            "select ensure_partition('activation_trace', 'day', d), ensure_partition('request_log', 'day', d)"
                + " from generate_series('2026-11-10Z'::timestamptz, '2026-11-20Z', '1 day') d")
        .query()
        .listOfRows();
    store.jdbc().sql("insert into activation_trace values ('2026-11-03 10:00Z')").update();
    Retention retention =
        new Retention(Duration.ofDays(10), Duration.ofDays(3), FOR_EVER, FOR_EVER, FOR_EVER);
    UpkeepRound.Done done = round(retention).run(NOW);
    assertThat(partitions("request_log").getFirst()).isEqualTo("request_log_20261112");
    assertThat(partitions("activation_trace").getFirst()).isEqualTo("activation_trace_20261119");
    assertThat(store.count("select count(*) from activation_trace")).isZero();
    assertThat(done.removed())
        .containsEntry("request_log", 2)
        .containsEntry("activation_trace", 10);
    assertThat(
            store.count(
                "select count(*) from kept_since where table_name = 'request_log' and since = '2026-11-12Z'"))
        .isEqualTo(1);
  }

  @Test
  void months_areDropped_onceAllOfThemIsTooOld() throws SQLException {
    for (String day : List.of("2026-08-31", "2026-09-01", "2026-11-19")) {
      hour(day + "T05:00:00Z", "{1}");
    }
    round(retention(Duration.ofDays(1))).run(NOW);
    Retention retention =
        new Retention(FOR_EVER, FOR_EVER, Duration.ofDays(1), Duration.ofDays(62), FOR_EVER);
    round(retention).run(NOW);
    assertThat(days()).containsExactly("2026-09-01 {1}", "2026-11-19 {1}");
  }

  @Test
  void tables_areLeftOut_whenTheyAreNotThere() throws SQLException {
    store.jdbc().sql("drop table activation_trace").update();
    assertThat(round(retention(Duration.ofDays(1))).run(NOW).made()).isEqualTo(8);
  }

  @Test
  void rowsAboutProcessesAndLosses_leaveWithTheRequests() throws SQLException {
    for (String at : List.of("2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z")) {
      store
          .jdbc()
          .sql(
              """
              with dead as (
                insert into writer (id, host, pid, started_at, updated_at)
                values (gen_random_uuid(), 'a', 1, :at, :at) returning id
              )
              insert into request_loss (writer_id, batch, reason, first_at, last_at, requests)
              select id, 1, 'full', :at, :at, 7 from dead
              """)
          .param("at", Instant.parse(at).atOffset(ZoneOffset.UTC))
          .update();
    }
    assertThat(round(retention(FOR_EVER)).run(NOW).rows()).isZero();

    Retention tenDays = new Retention(Duration.ofDays(10), FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER);
    assertThat(round(tenDays).run(NOW).rows()).isEqualTo(2);

    assertThat(store.count("select count(*) from request_loss join writer on id = writer_id"))
        .isEqualTo(1);
    assertThat(round(tenDays).run(NOW).nothing()).isTrue();
  }

  private interface Work {
    void run() throws SQLException;
  }

  /// Of two transactions that meet the server may end one; both are made to be repeated.
  private static void tryAgain(Work work) {
    for (int attempt = 0; ; attempt++) {
      try {
        work.run();
        return;
      } catch (SQLException | DataAccessException e) {
        if (attempt == 20) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static Thread start(List<Throwable> failures, Runnable work) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            work.run();
          } catch (RuntimeException e) {
            failures.add(e);
          }
        });
  }

  private UpkeepRound round(Retention retention) {
    return new UpkeepRound(store.pool(), retention);
  }

  private static Retention retention(Duration hours) {
    return new Retention(FOR_EVER, FOR_EVER, hours, FOR_EVER, FOR_EVER);
  }

  private void hour(String hour, String counts) {
    store
        .jdbc()
        .sql(
            """
            insert into expert_activation as kept (fingerprint, layer, phase, tenant, hour, counts)
            values ('print', 0, 'decode', 'a', ?, ?::bigint[])
            on conflict (fingerprint, hour, layer, phase, tenant)
            do update set counts = add_counts(kept.counts, excluded.counts)
            """)
        .params(Instant.parse(hour).atOffset(ZoneOffset.UTC), counts)
        .update();
  }

  private List<@Nullable String> days() {
    return store
        .jdbc()
        .sql(
            "select to_char(day at time zone 'UTC', 'YYYY-MM-DD ') || counts::text from expert_activation_day order by day")
        .query(String.class)
        .list();
  }

  private long total() {
    return store.count("select coalesce(sum(count), 0) from expert_activation_by_expert");
  }

  private List<@Nullable String> partitions(String table) {
    return store
        .jdbc()
        .sql(
            "select relid::text from pg_partition_tree(?) where isleaf and relid::text not like '%default' order by 1")
        .params(table)
        .query(String.class)
        .list();
  }
}

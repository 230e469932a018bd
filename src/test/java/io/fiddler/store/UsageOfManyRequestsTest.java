package io.fiddler.store;

import static io.fiddler.store.TestStore.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.store.UsageQueries.Query;
import io.fiddler.store.upkeep.Retention;
import io.fiddler.store.upkeep.StoreUpkeep;
import io.fiddler.usage.UsageReports.Granularity;
import io.fiddler.usage.UsageRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Reports over more requests than are looked at one by one.
final class UsageOfManyRequestsTest {
  private static final Duration FOR_EVER = Duration.ZERO;

  private static final TestStore STORE = TestStore.create();

  @BeforeAll
  static void writeRequests() {
    STORE
        .jdbc()
        .sql(
            """
            select count(ensure_partition('request_log', 'day', day))
            from generate_series('2026-01-10Z'::timestamptz, '2026-02-28Z', '1 day') as day
            """)
        .query(Long.class)
        .single();
    STORE
        .jdbc()
        .sql(
            """
            do $$ begin perform setseed(0.5); end $$;
            insert into request_log (
              id, created_at, tenant, route, stream, status, prompt_tokens, completion_tokens, queue_millis,
              first_token_millis, total_millis, sampling, hit_rate)
            select gen_random_uuid(), '2026-01-10Z'::timestamptz + random() * interval '45 days',
              'tenant-' || floor(3 * random() ^ 2), '/v1/completions', false, case when random() > 0.1 then 200 else 500 end,
              (100 * random())::int, (100 * random())::int, 1,
              case when random() > 0.1 then exp(7 * random()) end, exp(1 + 9 * random() ^ 2), '{}',
              case when random() > 0.1 then random() end
            from generate_series(1, 60000);
            analyze
            """)
        .update();
  }

  @AfterAll
  static void closeStore() {
    STORE.close();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z, 2026-03-01T00:00:00Z, DAY,",
    "2026-01-01T00:00:00Z, 2026-03-01T00:00:00Z, DAY, tenant-0",
    "2026-01-12T10:20:30Z, 2026-02-20T21:40:50Z, DAY,",
    "2026-01-12T10:20:30Z, 2026-02-20T21:40:50Z, HOUR,",
    "2026-01-11T00:00:00Z, 2026-02-20T00:00:00Z, HOUR, tenant-0"
  })
  void report_equalsTheRequests(Instant from, Instant to, Granularity by, @Nullable String tenant) {
    List<UsageRow> expected = naive(from, to, by, tenant);
    List<UsageRow> rows = new PostgresUsageReports(STORE.connection()).report(from, to, by, tenant);
    assertThat(rows.stream().mapToLong(UsageRow::requests).sum()).isGreaterThan(20_000);
    assertEqual(rows, expected);
  }

  @Test
  void report_equalsTheRequests_whenSumsAreUsedForFewOfThem() {
    Instant from = Instant.parse("2026-01-20T10:20:00Z");
    for (Duration width :
        List.of(Duration.ofMinutes(20), Duration.ofMinutes(50), Duration.ofHours(30))) {
      for (Granularity by : Granularity.values()) {
        Instant to = from.plus(width);
        UsageQueries queries = new UsageQueries(STORE.jdbc(), by, "tenant-1");
        assertEqual(
            queries.summed(UsageSlices.of(from, to, by, Instant.MIN)),
            naive(from, to, by, "tenant-1"));
      }
    }
  }

  @Test
  void report_isNotLessForWantOfRequests_whenTheirTimeIsOver() {
    Instant from = Instant.parse("2026-01-12T10:20:00Z");
    Instant to = Instant.parse("2026-01-12T12:40:00Z");
    List<UsageRow> wholeHours =
        naive(
            Instant.parse("2026-01-12T11:00:00Z"),
            Instant.parse("2026-01-12T13:00:00Z"),
            Granularity.HOUR,
            null);
    UsageQueries queries = new UsageQueries(STORE.jdbc(), Granularity.HOUR, null);
    Instant keptSince = Instant.parse("2026-02-01T00:00:00Z");
    assertEqual(queries.summed(UsageSlices.of(from, to, Granularity.HOUR, keptSince)), wholeHours);
  }

  @Test
  void report_keepsItsSums_whenUpkeepDropsTheRequests() {
    try (TestStore store = TestStore.create()) {
      store
          .jdbc()
          .sql(
              """
              insert into request_log (
                id, created_at, tenant, route, stream, status, prompt_tokens, completion_tokens, queue_millis, total_millis, sampling)
              select gen_random_uuid(), '2026-01-10Z'::timestamptz + i * interval '6 hours', 'a', '/', false, 200, 1, 2, 0, i, '{}'
              from generate_series(0, 19) as i
              """)
          .update();
      PostgresUsageReports reports = new PostgresUsageReports(store.connection());
      Instant from = Instant.parse("2026-01-10T00:00:00Z");
      Instant to = Instant.parse("2026-01-15T00:00:00Z");
      List<UsageRow> before = reports.report(from, to, Granularity.DAY);
      Retention retention =
          new Retention(Duration.ofDays(2), FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER);
      try (StoreUpkeep upkeep =
          StoreUpkeep.start(store.pool(), store.migrations(), retention, InstantSource.fixed(to))) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (upkeep.status().rounds() == 0 && System.nanoTime() < deadline) {
          Thread.onSpinWait();
        }
        assertThat(upkeep.status().lastRound()).isEqualTo(to);
      }
      assertThat(store.count("select count(*) from request_log")).isEqualTo(8);
      assertThat(reports.report(from, to, Granularity.DAY))
          .extracting(UsageRow::start, UsageRow::requests, UsageRow::completionTokens)
          .isEqualTo(
              before.stream()
                  .map(row -> tuple(row.start(), row.requests(), row.completionTokens()))
                  .toList());
    }
  }

  @Test
  void plan_touchesTheRequestsOfTwoDaysAtMost() {
    Instant from = Instant.parse("2026-01-12T10:20:30Z");
    Instant to = Instant.parse("2026-02-20T21:40:50Z");
    UsageQueries queries = new UsageQueries(STORE.jdbc(), Granularity.DAY, null);
    String plan =
        explain(queries.summedQuery(UsageSlices.of(from, to, Granularity.DAY, Instant.MIN)));
    assertThat(partitions(plan, "request_log"))
        .as(plan)
        .containsExactly("request_log_20260112", "request_log_20260220");
    assertThat(plan).doesNotContain("Seq Scan on request_log");
    assertThat(explain(queries.extentQuery(from, to))).doesNotContain("request_log_");
  }

  private static String explain(Query query) {
    return STORE
        .jdbc()
        .sql("explain " + query.sql())
        .params(query.parameters())
        .query(String.class)
        .list()
        .stream()
        .collect(Collectors.joining("\n"));
  }

  private static Set<String> partitions(String plan, String table) {
    return Pattern.compile(" on (" + table + "_\\d{8}) ")
        .matcher(plan)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<UsageRow> naive(
      Instant from, Instant to, Granularity by, @Nullable String tenant) {
    return STORE
        .jdbc()
        .sql(
            """
            select date_trunc(:unit, created_at, 'UTC') as start, count(*) as requests,
              count(*) filter (where status >= 400) as failed, sum(prompt_tokens) as prompt, sum(completion_tokens) as completion,
              percentile_disc(0.5) within group (order by first_token_millis) as first_50,
              percentile_disc(0.95) within group (order by first_token_millis) as first_95,
              percentile_disc(0.5) within group (order by total_millis) as total_50,
              percentile_disc(0.95) within group (order by total_millis) as total_95,
              sum(hit_rate * (prompt_tokens + completion_tokens))
                / sum(prompt_tokens + completion_tokens) filter (where hit_rate is not null) as hit_rate
            from request_log
            where created_at >= :from and created_at < :to and tenant = coalesce(:tenant::text, tenant)
            group by 1 order by 1
            """)
        .param("unit", by.name())
        .param("from", from.atOffset(ZoneOffset.UTC))
        .param("to", to.atOffset(ZoneOffset.UTC))
        .param("tenant", tenant)
        .query((row, _) -> naiveRow(row))
        .list();
  }

  private static UsageRow naiveRow(ResultSet row) throws SQLException {
    return new UsageRow(
        row.getObject("start", OffsetDateTime.class).toInstant(),
        row.getLong("requests"),
        row.getLong("failed"),
        row.getLong("prompt"),
        row.getLong("completion"),
        row.getObject("first_50", Double.class),
        row.getObject("first_95", Double.class),
        row.getDouble("total_50"),
        row.getDouble("total_95"),
        row.getObject("hit_rate", Double.class));
  }

  private static void assertEqual(List<UsageRow> rows, List<UsageRow> expected) {
    assertThat(rows).hasSameSizeAs(expected).isNotEmpty();
    for (int i = 0; i < rows.size(); i++) {
      UsageRow row = rows.get(i);
      UsageRow naive = expected.get(i);
      assertThat(row.start()).isEqualTo(naive.start());
      assertThat(row.requests()).as(row.toString()).isEqualTo(naive.requests());
      assertThat(row.failed()).isEqualTo(naive.failed());
      assertThat(row.promptTokens()).isEqualTo(naive.promptTokens());
      assertThat(row.completionTokens()).isEqualTo(naive.completionTokens());
      assertClose(row.firstTokenMillisP50(), naive.firstTokenMillisP50());
      assertClose(row.firstTokenMillisP95(), naive.firstTokenMillisP95());
      assertClose(row.totalMillisP50(), naive.totalMillisP50());
      assertClose(row.totalMillisP95(), naive.totalMillisP95());
      if (naive.hitRate() == null) {
        assertThat(row.hitRate()).isNull();
      } else {
        assertThat(row.hitRate()).isCloseTo(naive.hitRate(), within(1e-9));
      }
    }
  }

  /// Within what is promised.
  private static void assertClose(@Nullable Double percentile, @Nullable Double naive) {
    if (naive == null) {
      assertThat(percentile).isNull();
    } else {
      assertThat(percentile).isCloseTo(naive, within(Math.max(1, naive * 0.02)));
    }
  }
}

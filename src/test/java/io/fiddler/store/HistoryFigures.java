package io.fiddler.store;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.store.UsageQueries.Query;
import io.fiddler.store.embedded.EmbeddedPostgres;
import io.fiddler.store.embedded.EmbeddedPostgresOptions;
import io.fiddler.usage.UsageReports.Granularity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Fills a database by `src/docs/fill/fill.sql` and measures what asks it;
/// `src/docs/fill/measure.sh` runs it.
///
/// Arguments: a folder for the embedded server, and `fill.`-settings such as `requests=5000000`. A
/// database that is filled already is only measured.
public final class HistoryFigures {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "requests", "5000000",
          "days", "365",
          "tenants", "10",
          "layers", "32",
          "experts", "8",
          "hours", "3");
  private static final int REPEATS = 20;
  private static final HalfLives HALF_LIVES =
      new HalfLives(Duration.ofDays(7), Duration.ofHours(6));

  private final TestStore store;
  private final Map<String, String> settings;
  private final Instant now = Instant.now();

  private HistoryFigures(TestStore store, Map<String, String> settings) {
    this.store = store;
    this.settings = settings;
  }

  /// Fills and measures.
  public static void main(String[] arguments) throws SQLException, IOException {
    Map<String, String> settings =
        Arrays.stream(arguments)
            .skip(1)
            .map(each -> each.split("=", 2))
            .collect(Collectors.toMap(each -> each[0], each -> each[1]));
    DEFAULTS.forEach(settings::putIfAbsent);
    try (EmbeddedPostgres server =
            EmbeddedPostgres.start(EmbeddedPostgresOptions.in(Path.of(arguments[0])));
        HikariDataSource pool =
            new TestDatabase(server.jdbcUrl(), server.username(), server.password()).pool();
        TestStore store = TestStore.of(pool)) {
      HistoryFigures figures = new HistoryFigures(store, settings);
      figures.fill();
      figures.measureReports();
      figures.measureHistory();
    }
  }

  private void fill() throws SQLException, IOException {
    if (store.count("select count(*) from (select from request_usage limit 1) found") > 0) {
      return;
    }
    long begin = System.nanoTime();
    try (Connection connection = store.pool().getConnection();
        Statement statement = connection.createStatement()) {
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        statement.execute("set fill.%s = %s".formatted(setting.getKey(), setting.getValue()));
      }
      statement.execute(Files.readString(Path.of("src/docs/fill/fill.sql")));
      statement.execute("vacuum analyze");
      statement.execute("checkpoint");
    }
    System.out.printf("filled in %.0f s with %s%n", millis(begin) / 1000, settings);
    for (String table :
        new String[] {
          "request_log", "request_usage", "expert_activation", "expert_activation_day"
        }) {
      System.out.printf(
          "%-22s %9d rows %6d MiB%n",
          table,
          store.count("select count(*) from " + table),
          store.count(
              "select sum(pg_total_relation_size(relid)) / 1048576 from pg_partition_tree('%s')"
                  .formatted(table)));
    }
  }

  private void measureReports() {
    report("24 hours, until now", Duration.ofHours(24), Duration.ZERO, Granularity.HOUR, null);
    report("41 days by hour", Duration.ofDays(41), Duration.ZERO, Granularity.HOUR, null);
    report("the same, a tenant", Duration.ofDays(41), Duration.ZERO, Granularity.HOUR, "tenant-3");
    report(
        "41 days by hour, 300 days ago",
        Duration.ofDays(41),
        Duration.ofDays(300),
        Granularity.HOUR,
        null);
    report("a year by day", Duration.ofDays(365), Duration.ZERO, Granularity.DAY, null);
    report("the same, a tenant", Duration.ofDays(365), Duration.ZERO, Granularity.DAY, "tenant-3");
    report("1 day by day (exact)", Duration.ofDays(1), Duration.ofDays(100), Granularity.DAY, null);
  }

  private void report(
      String what, Duration width, Duration ago, Granularity by, @Nullable String tenant) {
    Instant to = now.minus(ago);
    Instant from = to.minus(width);
    PostgresUsageReports reports = new PostgresUsageReports(store.connection());
    time("usage: " + what, () -> reports.report(from, to, by, tenant).size() + " rows");
    JdbcClient jdbc = store.jdbc();
    UsageQueries queries = new UsageQueries(jdbc, by, tenant);
    explain(queries.summedQuery(UsageSlices.of(from, to, by, Instant.MIN)));
  }

  private void measureHistory() {
    ExpertGrid grid =
        new ExpertGrid(
            Collections.nCopies(
                Integer.parseInt(settings.get("layers")),
                Integer.parseInt(settings.get("experts"))));
    PostgresActivationHistory history = new PostgresActivationHistory(store.connection());
    time(
        "history",
        () -> {
          PastActivations past = history.past("filled", grid, now, HALF_LIVES);
          return "%d tenants, %d buckets".formatted(past.byTenant().size(), past.buckets().size());
        });
    explain(new Query(PostgresActivationHistory.rows("'filled'"), Collections.emptyList()));
  }

  private void time(String what, Supplier<Object> work) {
    double[] took = new double[REPEATS + 1];
    Object result = "";
    for (int i = 0; i < took.length; i++) {
      long begin = System.nanoTime();
      result = work.get();
      took[i] = millis(begin);
    }
    double first = took[0];
    Arrays.sort(took);
    System.out.printf(
        "%n== %s: %s; first %.0f ms, median %.1f ms, slowest %.0f ms%n",
        what, result, first, took[took.length / 2], took[took.length - 1]);
  }

  private void explain(Query query) {
    store
        .jdbc()
        .sql("explain (analyze, buffers) " + query.sql())
        .params(query.parameters())
        .query(String.class)
        .list()
        .forEach(System.out::println);
  }

  private static double millis(long begin) {
    return (System.nanoTime() - begin) / 1e6;
  }
}

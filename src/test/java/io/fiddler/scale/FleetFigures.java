package io.fiddler.scale;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import io.fiddler.store.embedded.EmbeddedPostgres;
import io.fiddler.store.embedded.EmbeddedPostgresOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Measures what fleets cost their database, one row of the table of `src/docs/scale.md` for each
/// number of replicas; `src/docs/scale/measure.sh` runs it.
///
/// Arguments: a folder for the embedded server, and settings such as `replicas=1,4,16,64 rate=10`,
/// see {@link ScaleLoad#of}.
public final class FleetFigures {
  private final EmbeddedPostgres server;

  private FleetFigures(EmbeddedPostgres server) {
    this.server = server;
  }

  /// Measures.
  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings =
        Arrays.stream(arguments)
            .skip(1)
            .map(each -> each.split("=", 2))
            .collect(Collectors.toMap(each -> each[0], each -> each[1]));
    EmbeddedPostgresOptions where = EmbeddedPostgresOptions.in(Path.of(arguments[0]));
    try (EmbeddedPostgres server =
        EmbeddedPostgres.start(
            new EmbeddedPostgresOptions(
                where.folder(),
                where.binaries(),
                where.shelter(),
                0,
                Map.of("max_connections", "1000")))) {
      System.out.println(
          """
          | replicas | requests/s asked | refused | requests/s written | transactions/s | batch, ms p50 / p95 / max | \
          COMMIT, ms p50 / p95 | CPU of PostgreSQL, cores | WAL, KiB/s | WAL bytes a request | fsyncs/s | connections |
          |---|---|---|---|---|---|---|---|---|---|---|---|\
          """);
      for (String replicas : settings.getOrDefault("replicas", "1,4,16,64").split(",", -1)) {
        settings.put("replicas", replicas);
        new FleetFigures(server).measure(ScaleLoad.of(settings));
      }
    }
  }

  private void measure(ScaleLoad load) throws Exception {
    TestDatabase main = new TestDatabase(server.jdbcUrl(), server.username(), server.password());
    String name = "fleet_" + load.replicas();
    try (HikariDataSource pool = main.pool();
        TestStore admin = TestStore.of(pool)) {
      admin.jdbc().sql("drop database if exists " + name).update();
      admin.jdbc().sql("create database " + name).update();
    }
    TestDatabase database =
        new TestDatabase(server.jdbcUrl(name), server.username(), server.password());
    try (HikariDataSource pool = database.pool();
        TestStore store = TestStore.of(pool)) {
      measure(load, database, store);
    }
  }

  private static void measure(ScaleLoad load, TestDatabase database, TestStore store)
      throws InterruptedException {
    long begin = System.nanoTime();
    long served;
    try (Fleet fleet = Fleet.start(load, database, store)) {
      double started = seconds(begin, System.nanoTime());
      fleet.serve(load.tenants());
      fleet.flush();
      fleet.times().clear();
      DatabaseState before = DatabaseState.of(store);
      fleet.serveForAWhile();
      DatabaseState after = DatabaseState.of(store);
      print(load, fleet, before, after);
      System.err.printf(
          Locale.ROOT,
          "%d replicas: all started in %.1f s; %d of %d followed the operator; %s -> %s%n",
          load.replicas(),
          started,
          fleet.followed(),
          load.replicas() - 1,
          before,
          after);
      served = fleet.sum(SimulatedReplica::served);
    }
    long written = store.count("select count(distinct id) from request_log");
    System.err.printf("%d served, %d written%n", served, written);
  }

  private static void print(
      ScaleLoad load, Fleet fleet, DatabaseState before, DatabaseState after) {
    double seconds = seconds(before.nanos(), after.nanos());
    long rows = after.rows() - before.rows();
    double wal = after.walBytes() - before.walBytes();
    Latencies batches = fleet.times().batches();
    Latencies commits = fleet.times().commits();
    System.out.printf(
        Locale.ROOT,
        "| %d | %.0f | %d | %.0f | %.0f | %.1f / %.1f / %.0f | %.1f / %.1f | %.2f | %.0f | %.0f | %.1f | %d |%n",
        load.replicas(),
        load.replicas() * load.requestsPerSecond(),
        fleet.sum(SimulatedReplica::refused),
        rows / seconds,
        (after.commits() - before.commits()) / seconds,
        batches.millis(0.5),
        batches.millis(0.95),
        batches.millis(1),
        commits.millis(0.5),
        commits.millis(0.95),
        (after.cpuSeconds() - before.cpuSeconds()) / seconds,
        wal / 1024 / seconds,
        wal / Math.max(1, rows),
        (after.walSyncs() - before.walSyncs()) / seconds,
        after.connections());
  }

  private static double seconds(long begin, long end) {
    return (end - begin) / 1e9;
  }
}

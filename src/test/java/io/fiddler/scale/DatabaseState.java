package io.fiddler.scale;

import io.fiddler.store.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What a server has used up to a moment.
///
/// @param nanos of the clock
/// @param cpuSeconds of all its processes, ended ones included
/// @param walBytes written
/// @param commits of the database
/// @param walSyncs how often the log was brought to disk
/// @param requestBytes of `request_log` with its indexes
/// @param activationBytes of `expert_activation` with its indexes
/// @param usageBytes of `request_usage` with its indexes
/// @param connections now, of clients
/// @param rows of `request_log`
record DatabaseState(
    long nanos,
    double cpuSeconds,
    long walBytes,
    long commits,
    long walSyncs,
    long requestBytes,
    long activationBytes,
    long usageBytes,
    long connections,
    long rows) {
  /// `sysconf(_SC_CLK_TCK)` of Linux.
  private static final double TICKS_A_SECOND = 100;

  private static final int USER_TICKS = 11;
  private static final int PARENT = 1;

  static DatabaseState of(TestStore store) {
    long backend = store.count("select pg_backend_pid()");
    return new DatabaseState(
        System.nanoTime(),
        cpuSeconds(backend),
        store.count("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"),
        store.count("select xact_commit from pg_stat_database where datname = current_database()"),
        store.count("select sum(fsyncs) from pg_stat_io where object = 'wal'"),
        bytes(store, "request_log"),
        bytes(store, "expert_activation"),
        bytes(store, "request_usage"),
        store.count("select count(*) from pg_stat_activity where backend_type = 'client backend'"),
        store.count("select count(*) from request_log"));
  }

  private static long bytes(TestStore store, String table) {
    return store.count(
        "select sum(pg_total_relation_size(relid)) from pg_partition_tree('%s')".formatted(table));
  }

  /// Of the server that a backend belongs to; 0 where it runs in a container.
  private static double cpuSeconds(long backend) {
    try {
      if (!Files.exists(stat(backend))) {
        return 0;
      }
      long server = field(fields(stat(backend)), PARENT);
      try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
        long children =
            processes
                .filter(process -> process.getFileName().toString().matches("\\d+"))
                .map(process -> readable(process.resolve("stat")))
                .filter(fields -> fields.length > PARENT && field(fields, PARENT) == server)
                .mapToLong(fields -> ticks(fields, 2))
                .sum();
        return (children + ticks(fields(stat(server)), 4)) / TICKS_A_SECOND;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path stat(long process) {
    return Path.of("/proc", Long.toString(process), "stat");
  }

  /// Processes may end while they are listed.
  private static String[] readable(Path stat) {
    try {
      return fields(stat);
    } catch (IOException ended) {
      return new String[0];
    }
  }

  /// What comes after the name, which may hold anything.
  private static String[] fields(Path stat) throws IOException {
    String line = Files.readString(stat);
    return line.substring(line.lastIndexOf(')') + 2).split(" ");
  }

  /// User and system time, and with four also those of children that have ended.
  private static long ticks(String[] fields, int of) {
    long sum = 0;
    for (int i = USER_TICKS; i < USER_TICKS + of; i++) {
      sum += field(fields, i);
    }
    return sum;
  }

  private static long field(String[] fields, int index) {
    return Long.parseLong(fields[index]);
  }
}

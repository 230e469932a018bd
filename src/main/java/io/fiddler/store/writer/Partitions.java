package io.fiddler.store.writer;

import io.fiddler.store.batch.Batch;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.TraceRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Sees to it that a day has its partitions before rows of that day are written.
final class Partitions {
  private final Days requests = new Days("select request_log_ensure_partition(?)");
  private final Days traces = new Days("select activation_trace_ensure_partition(?)");

  /// Makes the partitions `batch` needs, each in a transaction of its own: a batch must not hold
  /// the locks of that.
  void ensure(Connection connection, Batch batch) throws SQLException {
    requests.ensure(connection, batch.requests().stream().map(RequestRecord::createdAt));
    traces.ensure(connection, batch.traces().stream().map(TraceRecord::createdAt));
  }

  private static final class Days {
    private final String statement;
    private final Set<LocalDate> made = new HashSet<>();

    Days(String statement) {
      this.statement = statement;
    }

    void ensure(Connection connection, Stream<Instant> times) throws SQLException {
      Set<LocalDate> missing =
          times
              .map(time -> LocalDate.ofInstant(time, ZoneOffset.UTC))
              .filter(day -> !made.contains(day))
              .collect(Collectors.toCollection(TreeSet::new));
      for (LocalDate day : missing) {
        try (PreparedStatement ensure = connection.prepareStatement(statement)) {
          ensure.setObject(1, day);
          ensure.execute();
        }
        made.add(day);
      }
    }
  }
}

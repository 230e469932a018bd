package io.fiddler.store.writer;

import io.fiddler.usage.RequestRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Sees to it that a day has its partition of `request_log` before rows of that day are written.
final class Partitions {
  private static final String ENSURE_PARTITION = "select request_log_ensure_partition(?)";

  private final Set<LocalDate> made = new HashSet<>();

  /// Makes the partitions `requests` need, each in a transaction of its own: a batch must not hold
  /// the locks of that.
  void ensure(Connection connection, List<RequestRecord> requests) throws SQLException {
    Set<LocalDate> missing =
        requests.stream()
            .map(request -> LocalDate.ofInstant(request.createdAt(), ZoneOffset.UTC))
            .filter(day -> !made.contains(day))
            .collect(Collectors.toCollection(TreeSet::new));
    for (LocalDate day : missing) {
      try (PreparedStatement statement = connection.prepareStatement(ENSURE_PARTITION)) {
        statement.setObject(1, day);
        statement.execute();
      }
      made.add(day);
    }
  }
}

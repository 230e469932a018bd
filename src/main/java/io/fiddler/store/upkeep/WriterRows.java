package io.fiddler.store.upkeep;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/// What is known of the processes that wrote requests and of the requests they lost. It is needed
/// as long as the requests themselves: a spool that turns up later holds nothing that would be
/// kept. A process that still lives and writes again makes its row anew, with a higher number.
final class WriterRows {
  private static final List<String> REMOVE =
      List.of(
          "delete from request_loss where last_at < ?", "delete from writer where updated_at < ?");

  private WriterRows() {}

  /// Removes what is older; how many rows that were.
  static int remove(Connection connection, Instant cut) throws SQLException {
    int removed = 0;
    for (String sql : REMOVE) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setObject(1, cut.atOffset(ZoneOffset.UTC));
        removed += statement.executeUpdate();
      }
    }
    return removed;
  }
}

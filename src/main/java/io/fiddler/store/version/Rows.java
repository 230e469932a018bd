package io.fiddler.store.version;

import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.Hits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/// Columns as the types they stand for.
final class Rows {
  private Rows() {}

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime timestamp = row.getObject(column, OffsetDateTime.class);
    return timestamp == null ? null : timestamp.toInstant();
  }

  /// The columns of `placement_achieved`.
  static Achieved achieved(ResultSet row) throws SQLException {
    return new Achieved(
        new Hits(row.getLong("prefill_hits"), row.getLong("prefill_assignments")),
        new Hits(row.getLong("decode_hits"), row.getLong("decode_assignments")),
        instant(row, "since"),
        instant(row, "until"));
  }
}

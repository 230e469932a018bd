package io.fiddler.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/// Columns as the types they stand for.
public final class Rows {
  private Rows() {}

  /// A `timestamptz` that is there.
  public static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /// A `timestamptz`; null where the column is.
  public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime timestamp = row.getObject(column, OffsetDateTime.class);
    return timestamp == null ? null : timestamp.toInstant();
  }
}

package io.fiddler.store.access;

import io.fiddler.store.Rows;
import io.fiddler.store.StoreConnection;
import io.fiddler.usage.access.KeyUsage;
import io.fiddler.usage.access.KeyUsageReports;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of `key_usage`.
public final class PostgresKeyUsage implements KeyUsageReports {
  private static final String USAGE =
      """
      select * from key_usage
      where (:keyId::text is null or key_id = :keyId) and month >= date_trunc('month', :from::timestamptz, 'UTC')
        and month < :to
      order by month desc, key_id, fingerprint
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresKeyUsage(StoreConnection store) {
    this.store = store;
  }

  @Override
  public List<KeyUsage> usage(@Nullable String keyId, Instant from, Instant to) {
    return store.query(jdbc ->
        jdbc.sql(USAGE)
            .param("keyId", keyId)
            .param("from", KeyColumns.time(from))
            .param("to", KeyColumns.time(to))
            .query((row, _) -> usage(row))
            .list());
  }

  private static KeyUsage usage(ResultSet row) throws SQLException {
    return new KeyUsage(
        row.getString("key_id"),
        row.getString("fingerprint"),
        Rows.instant(row, "month"),
        row.getLong("requests"),
        row.getLong("failed"),
        row.getLong("prompt_tokens"),
        row.getLong("cached_prompt_tokens"),
        row.getLong("completion_tokens"),
        row.getDouble("host_millis"),
        row.getLong("streamed_bytes"));
  }
}

package io.fiddler.store.access;

import io.fiddler.store.Rows;
import io.fiddler.store.StoreConnection;
import io.fiddler.usage.access.Actor;
import io.fiddler.usage.access.AuditLog;
import io.fiddler.usage.access.AuditRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Rows of `key_audit`.
public final class PostgresAuditLog implements AuditLog {
  private static final String INSERT =
      """
      insert into key_audit (at, actor, source, action, key_id, outcome, detail)
      values (:at, :actor, :source, :action, :keyId, :outcome, :detail)
      """;

  private static final String LATEST =
      """
      select * from key_audit where :before::bigint is null or id < :before
      order by id desc
      limit :limit
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresAuditLog(StoreConnection store) {
    this.store = store;
  }

  @Override
  public void record(AuditRow row) {
    store.query(jdbc -> insert(jdbc, row));
  }

  @Override
  public List<AuditRow> latest(int limit, @Nullable Long before) {
    return store.query(jdbc ->
        jdbc.sql(LATEST)
            .param("before", before)
            .param("limit", limit)
            .query((row, _) -> audit(row))
            .list());
  }

  static int insert(JdbcClient jdbc, AuditRow row) {
    return jdbc.sql(INSERT)
        .param("at", KeyColumns.time(row.at()))
        .param("actor", row.actor().name())
        .param("source", row.actor().source())
        .param("action", row.action())
        .param("keyId", row.keyId())
        .param("outcome", row.outcome())
        .param("detail", row.detail())
        .update();
  }

  private static AuditRow audit(ResultSet row) throws SQLException {
    return new AuditRow(
        row.getLong("id"),
        Rows.instant(row, "at"),
        new Actor(row.getString("actor"), row.getString("source")),
        row.getString("action"),
        row.getString("key_id"),
        row.getString("outcome"),
        row.getString("detail"));
  }
}

package io.fiddler.store;

import io.fiddler.store.batch.TraceChoices;
import io.fiddler.usage.TraceRecord;
import io.fiddler.usage.Traces;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/// Sampled traces from `activation_trace`.
public final class PostgresTraces implements Traces {
  // Sizes first: the choices of what is not asked for stay where they are.
  private static final String LATEST =
      """
      select id, created_at, tenant, fingerprint, prompt_tokens, tokens, num_layers, top_k, choices
      from (
        select *, sum(tokens) over (order by created_at desc, id) as tokens_since
        from activation_trace
        where fingerprint = :fingerprint
      ) as recent
      where tokens_since <= :maxTokens
      order by created_at, id desc
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresTraces(StoreConnection store) {
    this.store = store;
  }

  @Override
  public List<TraceRecord> latest(String fingerprint, long maxTokens) {
    return store.query(jdbc ->
        jdbc.sql(LATEST)
            .param("fingerprint", fingerprint)
            .param("maxTokens", maxTokens)
            .query((row, _) -> trace(row))
            .list());
  }

  private static TraceRecord trace(ResultSet row) throws SQLException {
    return new TraceRecord(
        row.getObject("id", UUID.class),
        Rows.instant(row, "created_at"),
        row.getString("tenant"),
        row.getString("fingerprint"),
        TraceChoices.decode(
            row.getInt("prompt_tokens"),
            row.getInt("tokens"),
            row.getInt("num_layers"),
            row.getInt("top_k"),
            row.getBytes("choices")));
  }
}

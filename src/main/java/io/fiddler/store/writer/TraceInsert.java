package io.fiddler.store.writer;

import io.fiddler.expert.ExpertTrace;
import io.fiddler.store.batch.TraceChoices;
import io.fiddler.usage.TraceRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;

/// Writes sampled traces.
final class TraceInsert {
  private static final String INSERT_TRACE =
      """
      insert into activation_trace (
        id, created_at, tenant, fingerprint, prompt_tokens, tokens, num_layers, top_k, choices)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private TraceInsert() {}

  static void write(Connection connection, List<TraceRecord> traces) throws SQLException {
    if (traces.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT_TRACE)) {
      for (TraceRecord record : traces) {
        ExpertTrace trace = record.trace();
        insert.setObject(1, record.id());
        insert.setObject(2, record.createdAt().atOffset(ZoneOffset.UTC));
        insert.setString(3, ActivationUpsert.text(record.tenant()));
        insert.setString(4, ActivationUpsert.text(record.fingerprint()));
        insert.setInt(5, trace.promptTokens());
        insert.setInt(6, trace.tokens());
        insert.setInt(7, trace.numLayers());
        insert.setInt(8, trace.topK());
        insert.setBytes(9, TraceChoices.encode(trace));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}

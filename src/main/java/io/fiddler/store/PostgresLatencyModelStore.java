package io.fiddler.store;

import io.fiddler.dispatch.LatencyModel;
import io.fiddler.usage.LatencyModelStore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Latency models in `latency_model`.
public final class PostgresLatencyModelStore implements LatencyModelStore {
  private static final String SAVE_MODEL =
      """
      insert into latency_model (machine, fingerprint, model, measured_at)
      values (:machine, :fingerprint, :model::jsonb, :measuredAt)
      on conflict (machine, fingerprint)
      do update set model = excluded.model, measured_at = excluded.measured_at
      """;

  private static final String FIND_MODEL =
      "select model from latency_model where machine = :machine and fingerprint = :fingerprint";

  private final StoreConnection store;
  private final JsonMapper json = JsonMapper.builder().build();

  /// Over a database.
  public PostgresLatencyModelStore(StoreConnection store) {
    this.store = store;
  }

  @Override
  public void save(String machine, String fingerprint, LatencyModel model, Instant measuredAt) {
    store.query(jdbc ->
        jdbc.sql(SAVE_MODEL)
            .param("machine", machine)
            .param("fingerprint", fingerprint)
            .param("model", json.writeValueAsString(model))
            .param("measuredAt", measuredAt.atOffset(ZoneOffset.UTC))
            .update());
  }

  @Override
  public Optional<LatencyModel> find(String machine, String fingerprint) {
    return store.query(jdbc ->
        jdbc.sql(FIND_MODEL)
            .param("machine", machine)
            .param("fingerprint", fingerprint)
            .query((row, _) -> json.readValue(row.getString("model"), LatencyModel.class))
            .optional());
  }
}

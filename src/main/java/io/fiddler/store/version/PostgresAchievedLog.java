package io.fiddler.store.version;

import io.fiddler.store.StoreConnection;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.AchievedLog;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/// What placements achieved, in `placement_run`.
public final class PostgresAchievedLog implements AchievedLog {
  /// Of two writes of one process the later has counted more; it stands whichever comes last. A
  /// version that this database has not, because it was kept in a file beside another one, is
  /// passed over.
  private static final String UPSERT =
      """
      insert into placement_run (
        placement_id, run, replica, since, until,
        prefill_hits, prefill_assignments, decode_hits, decode_assignments)
      select id, :run, :replica, :since, :until,
        :prefillHits, :prefillAssignments, :decodeHits, :decodeAssignments
      from placement where id = :version
      on conflict (placement_id, run) do update set
        until = excluded.until,
        prefill_hits = excluded.prefill_hits, prefill_assignments = excluded.prefill_assignments,
        decode_hits = excluded.decode_hits, decode_assignments = excluded.decode_assignments
      where excluded.prefill_assignments + excluded.decode_assignments
        >= placement_run.prefill_assignments + placement_run.decode_assignments
      """;

  private static final String ACHIEVED =
      "select * from placement_achieved where placement_id = :version";

  private final StoreConnection store;

  /// Over a database.
  public PostgresAchievedLog(StoreConnection store) {
    this.store = store;
  }

  @Override
  public void write(long version, UUID run, String replica, Achieved achieved) {
    store.query(jdbc ->
        jdbc.sql(UPSERT)
            .param("version", version)
            .param("run", run)
            .param("replica", replica)
            .param("since", achieved.since().atOffset(ZoneOffset.UTC))
            .param("until", achieved.until().atOffset(ZoneOffset.UTC))
            .param("prefillHits", achieved.prefill().hits())
            .param("prefillAssignments", achieved.prefill().assignments())
            .param("decodeHits", achieved.decode().hits())
            .param("decodeAssignments", achieved.decode().assignments())
            .update());
  }

  @Override
  public Optional<Achieved> achieved(long version) {
    return store.query(jdbc ->
        jdbc.sql(ACHIEVED)
            .param("version", version)
            .query((row, _) -> AchievedColumns.of(row))
            .optional());
  }
}

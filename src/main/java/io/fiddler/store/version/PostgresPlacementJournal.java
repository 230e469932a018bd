package io.fiddler.store.version;

import io.fiddler.store.Rows;
import io.fiddler.store.StoreConnection;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.version.PlacementEvent;
import io.fiddler.usage.version.PlacementJournal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything done about placements, in `placement_event`.
public final class PostgresPlacementJournal implements PlacementJournal {
  private static final String NOTE =
      """
      insert into placement_event (
        fingerprint, replica, at, action, placement_id, made_by, reason, detail, followed)
      values (:fingerprint, :replica, :at, :action, :version, :by, :reason, :detail, :followed)
      """;

  private static final String EVENTS =
      """
      select * from placement_event
      where fingerprint = :fingerprint and id < coalesce(:before::bigint, 9223372036854775807)
      order by id desc
      limit :limit
      """;

  /// What came while this replica still followed something earlier has a lower number than that
  /// following, so the event followed is what counts.
  private static final String ASKED_ELSEWHERE =
      """
      select * from placement_event
      where fingerprint = :fingerprint and for_all and placement_id is not null
        and replica <> :replica
        and id > coalesce((
          select max(coalesce(followed, id)) from placement_event
          where fingerprint = :fingerprint and replica = :replica
            and action in ('start', 'apply', 'rollback', 'follow')), 0)
      order by id desc
      limit 1
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresPlacementJournal(StoreConnection store) {
    this.store = store;
  }

  @Override
  public void note(PlacementEvent event) {
    store.query(jdbc ->
        jdbc.sql(NOTE)
            .param("fingerprint", event.fingerprint())
            .param("replica", event.replica())
            .param("at", event.at().atOffset(ZoneOffset.UTC))
            .param("action", event.action().name().toLowerCase(Locale.ROOT))
            .param("version", event.version())
            .param("by", event.by())
            .param("reason", event.reason())
            .param("detail", event.detail())
            .param("followed", event.followed())
            .update());
  }

  @Override
  public List<PlacementEvent> events(String fingerprint, int limit, @Nullable Long before) {
    return store.query(jdbc ->
        jdbc.sql(EVENTS)
            .param("fingerprint", fingerprint)
            .param("before", before)
            .param("limit", limit)
            .query((row, _) -> event(row))
            .list());
  }

  @Override
  public Optional<PlacementEvent> askedElsewhere(String fingerprint, String replica) {
    return store.query(jdbc ->
        jdbc.sql(ASKED_ELSEWHERE)
            .param("fingerprint", fingerprint)
            .param("replica", replica)
            .query((row, _) -> event(row))
            .optional());
  }

  private static PlacementEvent event(ResultSet row) throws SQLException {
    return new PlacementEvent(
        row.getLong("id"),
        row.getString("fingerprint"),
        row.getString("replica"),
        Rows.instant(row, "at"),
        PlacementAction.valueOf(row.getString("action").toUpperCase(Locale.ROOT)),
        row.getObject("placement_id", Long.class),
        row.getString("made_by"),
        row.getString("reason"),
        row.getString("detail"),
        row.getObject("followed", Long.class));
  }
}

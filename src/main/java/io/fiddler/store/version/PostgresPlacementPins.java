package io.fiddler.store.version;

import io.fiddler.store.Rows;
import io.fiddler.store.StoreConnection;
import io.fiddler.usage.version.PlacementPin;
import io.fiddler.usage.version.PlacementPins;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// Pins in `placement_pin`; the pin of all replicas has an empty name of a replica.
public final class PostgresPlacementPins implements PlacementPins {
  private static final String ALL = "";

  private static final String PINNED =
      """
      select * from placement_pin where fingerprint = :fingerprint and replica in (:replica, '')
      order by replica desc
      limit 1
      """;

  private static final String PIN =
      """
      with held as (
        insert into placement_pin (fingerprint, replica, placement_id, made_by, at, reason)
        values (:fingerprint, :replica, :version, :by, :at, :reason)
        on conflict (fingerprint, replica) do update set placement_id = excluded.placement_id,
          made_by = excluded.made_by, at = excluded.at, reason = excluded.reason
      )
      insert into placement_event (
        fingerprint, replica, at, action, placement_id, made_by, reason, detail, for_all)
      values (
        :fingerprint, :on, :at, 'pin', :version, :by, :reason, :scope::text, :forAll)
      """;

  private static final String UNPIN =
      """
      with held as (
        delete from placement_pin where fingerprint = :fingerprint and replica = :replica
        returning placement_id
      )
      insert into placement_event (
        fingerprint, replica, at, action, placement_id, made_by, reason, detail)
      select :fingerprint, :on, :at, 'unpin', placement_id, :by, :reason, :scope::text from held
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresPlacementPins(StoreConnection store) {
    this.store = store;
  }

  @Override
  public Optional<PlacementPin> pinned(String fingerprint, String replica) {
    return store.query(jdbc ->
        jdbc.sql(PINNED)
            .param("fingerprint", fingerprint)
            .param("replica", replica)
            .query((row, _) -> pin(row))
            .optional());
  }

  @Override
  public void pin(PlacementPin pin, String on) {
    store.query(jdbc ->
        bind(jdbc, PIN, pin, on)
            .param("version", pin.version())
            .param("forAll", pin.isForAll())
            .update());
  }

  @Override
  public boolean unpin(PlacementPin pin, String on) {
    return store.query(jdbc -> bind(jdbc, UNPIN, pin, on).update()) > 0;
  }

  private static StatementSpec bind(JdbcClient jdbc, String sql, PlacementPin pin, String on) {
    return jdbc.sql(sql)
        .params(
            Map.of(
                "fingerprint", pin.fingerprint(),
                "replica", Objects.requireNonNullElse(pin.replica(), ALL),
                "at", pin.at().atOffset(ZoneOffset.UTC),
                "on", on))
        .param("scope", pin.isForAll() ? "all replicas" : null)
        .param("by", pin.by())
        .param("reason", pin.reason());
  }

  private static PlacementPin pin(ResultSet row) throws SQLException {
    String replica = row.getString("replica");
    return new PlacementPin(
        row.getString("fingerprint"),
        replica.equals(ALL) ? null : replica,
        row.getLong("placement_id"),
        row.getString("made_by"),
        Rows.instant(row, "at"),
        row.getString("reason"));
  }
}

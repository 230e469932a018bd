package io.fiddler.store.access;

import io.fiddler.store.Rows;
import io.fiddler.store.StoreConnection;
import io.fiddler.usage.access.limit.LimitKind;
import io.fiddler.usage.access.limit.LimitPool;
import io.fiddler.usage.access.limit.SlidingWindow.Grant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/// What is taken of keys' limits, in `key_taken`: one round trip, by the database's clock.
public final class PostgresLimitPool implements LimitPool {
  private static final String TAKE =
      """
      select granted, left_over, taken_at, extract(epoch from retry_after) * 1000 as retry_millis,
        extract(epoch from reset_after) * 1000 as reset_millis
      from key_take(:key, :kind, :limit, :need, :wanted)
      """;

  // A key may be gone, and a minute over.
  private static final String GIVE_BACK =
      """
      update key_taken set units = greatest(0, units - :units)
      where key_id = :key and kind = :kind and slot = :slot
      """;

  // What was used of a month while the database did not answer counts even if nothing else does
  // yet.
  private static final String ADD =
      """
      insert into key_taken (key_id, kind, slot, units)
      select id, :kind, :slot, :units from api_key where id = :key
      on conflict (key_id, kind, slot) do update set units = key_taken.units + excluded.units
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresLimitPool(StoreConnection store) {
    this.store = store;
  }

  @Override
  public Taken take(Claim claim) {
    return store.query(jdbc ->
        jdbc.sql(TAKE)
            .param("key", claim.keyId())
            .param("kind", claim.kind().text())
            .param("limit", claim.limit())
            .param("need", claim.need())
            .param("wanted", claim.wanted())
            .query((row, _) -> taken(row))
            .single());
  }

  @Override
  public void giveBack(String keyId, LimitKind kind, Lot lot, long units) {
    store.query(jdbc ->
        jdbc.sql(units < 0 ? ADD : GIVE_BACK)
            .param("key", keyId)
            .param("kind", kind.text())
            .param("slot", KeyColumns.time(lot.slot()))
            .param("units", Math.abs(units))
            .update());
  }

  private static Taken taken(ResultSet row) throws SQLException {
    return new Taken(
        new Grant(
            row.getLong("granted"),
            row.getLong("left_over"),
            Duration.ofMillis(row.getLong("retry_millis")),
            Duration.ofMillis(row.getLong("reset_millis"))),
        new Lot(Rows.instant(row, "taken_at"), false));
  }
}

package io.fiddler.store.upkeep;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;

/// What happens in the transaction that drops rows, before it does so.
@FunctionalInterface
interface Farewell {
  /// They are gone, and reports may know.
  Farewell GONE = Farewell::rememberGone;

  /// They live on in `expert_activation_day`, added to what that day has.
  Farewell BECOME_DAYS = Farewell::becomeDays;

  String REMEMBER_GONE =
      """
      insert into kept_since (table_name, since) values (?, ?)
      on conflict (table_name) do update set since = greatest(kept_since.since, excluded.since)
      """;

  // Elements are summed first: arrays cannot be.
  String BECOME_DAYS_SQL =
      """
      with summed as (
        select fingerprint, layer, phase, tenant, position, sum(count)::bigint as count
        from %s, unnest(counts) with ordinality as element (count, position)
        where hour >= ? and hour < ?
        group by fingerprint, layer, phase, tenant, position
      )
      insert into expert_activation_day as kept (fingerprint, day, layer, phase, tenant, counts)
      select fingerprint, ?, layer, phase, tenant, array_agg(count order by position)
      from summed
      group by fingerprint, layer, phase, tenant
      on conflict (fingerprint, day, layer, phase, tenant)
      do update set counts = add_counts(kept.counts, excluded.counts)
      """;

  /// Treats the rows of `[first, beyond)`, all of which lie in `source`. Nobody changes them
  /// meanwhile.
  ///
  /// @param source a partition, quoted
  void say(Connection connection, KeptTable table, String source, Instant first, Instant beyond)
      throws SQLException;

  private static void rememberGone(
      Connection connection, KeptTable table, String source, Instant first, Instant beyond)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REMEMBER_GONE)) {
      statement.setString(1, table.name());
      statement.setObject(2, beyond.atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }

  private static void becomeDays(
      Connection connection, KeptTable table, String source, Instant first, Instant beyond)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(BECOME_DAYS_SQL.formatted(source))) {
      statement.setObject(1, first.atOffset(ZoneOffset.UTC));
      statement.setObject(2, beyond.atOffset(ZoneOffset.UTC));
      statement.setObject(3, first.atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }
}

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

  // A day that is there already, for which late hours came, is written anew. How many elements each
  // layer has is a count like any other.
  String BECOME_DAYS_SQL =
      """
      with former as (
        delete from expert_activation_day where day = ? returning fingerprint, phase, tenant, experts, counts
      ), element as (
        select fingerprint, phase, tenant, layer, position, count
        from %s, unnest(counts) with ordinality as each (count, position)
        where hour >= ? and hour < ?
        union all
        select fingerprint, phase, tenant, layer, position, count
        from former, layer_counts(experts, counts)
      ), summed as (
        select fingerprint, phase, tenant, layer, position, sum(count)::bigint as count
        from element
        group by fingerprint, phase, tenant, layer, position
      )
      insert into expert_activation_day (fingerprint, phase, tenant, day, experts, counts)
      select fingerprint, phase, tenant, ?,
        bucket_counts(array_agg(layer + 1))::integer[], array_agg(count order by layer, position)
      from summed
      group by fingerprint, phase, tenant
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
      statement.setObject(2, first.atOffset(ZoneOffset.UTC));
      statement.setObject(3, beyond.atOffset(ZoneOffset.UTC));
      statement.setObject(4, first.atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }
}

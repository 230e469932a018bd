package io.fiddler.store.upkeep;

import io.fiddler.store.Rows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks for and changes the partitions of a table.
final class TablePartitions {
  private static final String IS_PARTITIONED =
      "select exists (select from pg_partitioned_table where partrelid = to_regclass(?))";

  private static final String BOUNDED =
      """
      select name, matched[1]::timestamptz as first, matched[2]::timestamptz as beyond
      from (
        select c.oid::regclass::text as name,
          regexp_match(pg_get_expr(c.relpartbound, c.oid), $$FROM \\('([^']+)'\\) TO \\('([^']+)'\\)$$) as matched
        from pg_inherits join pg_class c on c.oid = inhrelid
        where inhparent = ?::regclass
      ) partition
      where matched is not null
      order by first
      """;

  private static final String ENSURE = "select ensure_partition(?, ?, ?)";

  private TablePartitions() {}

  /// A partition with bounds.
  ///
  /// @param name quoted where needed
  /// @param first begin
  /// @param beyond end, exclusive
  record Bounded(String name, Instant first, Instant beyond) {}

  /// Whether the table is there and has partitions.
  static boolean exist(Connection connection, KeptTable table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(IS_PARTITIONED)) {
      statement.setString(1, table.name());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /// The partitions with bounds, oldest first.
  static List<Bounded> bounded(Connection connection, KeptTable table) throws SQLException {
    List<Bounded> partitions = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(BOUNDED)) {
      statement.setString(1, table.name());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          partitions.add(
              new Bounded(
                  row.getString("name"), Rows.instant(row, "first"), Rows.instant(row, "beyond")));
        }
      }
    }
    return partitions;
  }

  /// Begins of the days or months that have rows in the default partition, oldest first.
  static List<Instant> unsorted(Connection connection, KeptTable table) throws SQLException {
    List<Instant> begins = new ArrayList<>();
    String query =
        "select distinct date_trunc(?, %s, 'UTC') as first from %s where isfinite(%s) order by first"
            .formatted(table.column(), table.defaultPartition(), table.column());
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, table.width().unit());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          begins.add(Rows.instant(row, "first"));
        }
      }
    }
    return begins;
  }

  /// Makes the partition of a moment, with what the default partition has of it; whether there was
  /// none.
  static boolean ensure(Connection connection, KeptTable table, Instant moment)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ENSURE)) {
      statement.setString(1, table.name());
      statement.setString(2, table.width().unit());
      statement.setObject(3, moment.atOffset(ZoneOffset.UTC));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /// Lets the rows of `[first, beyond)` leave: with their partition, or out of the default
  /// partition where they have none.
  static void remove(
      Connection connection,
      KeptTable table,
      @Nullable Bounded partition,
      Instant first,
      Instant beyond)
      throws SQLException {
    String source = partition == null ? table.defaultPartition() : partition.name();
    try (Statement statement = connection.createStatement()) {
      // Of the one partition concerned: those who write today's rows do not wait while the
      // farewell computes. Only a late row of just these days can meet the drop below, and
      // then one of the two transactions is repeated.
      statement.execute("lock table %s in share row exclusive mode".formatted(source));
      table.farewell().say(connection, table, source, first, beyond);
      if (partition != null) {
        statement.execute("drop table " + source);
      }
    }
    if (partition == null) {
      delete(connection, table, first, beyond);
    }
  }

  private static void delete(Connection connection, KeptTable table, Instant first, Instant beyond)
      throws SQLException {
    String column = table.column();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "delete from %s where %s >= ? and %s < ?"
                .formatted(table.defaultPartition(), column, column))) {
      statement.setObject(1, first.atOffset(ZoneOffset.UTC));
      statement.setObject(2, beyond.atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }
}

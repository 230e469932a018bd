package io.fiddler.store.writer;

import io.fiddler.store.batch.ActivationRow;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Adds counts to `expert_activation`, exactly, whoever else adds to the same rows.
final class ActivationUpsert {
  // One statement and no temporary table: once a second, that would bloat the catalogue. Arrays of
  // arrays must be rectangular and layers may differ, so counts travel as text.
  private static final String ADD_COUNTS =
      """
      insert into expert_activation as kept (fingerprint, hour, layer, phase, tenant, counts)
      select fingerprint, hour, layer, phase, tenant, counts::bigint[]
      from unnest(?::text[], ?::timestamptz[], ?::integer[], ?::text[], ?::text[], ?::text[])
        as added (fingerprint, hour, layer, phase, tenant, counts)
      order by fingerprint, hour, layer, phase, tenant
      on conflict (fingerprint, hour, layer, phase, tenant)
      do update set counts = add_counts(kept.counts, excluded.counts)
      """;

  private ActivationUpsert() {}

  static void write(Connection connection, List<ActivationRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(ADD_COUNTS)) {
      set(statement, 1, "text", rows, row -> text(row.key().fingerprint()));
      set(statement, 2, "text", rows, row -> row.key().hour().toString());
      set(statement, 3, "int4", rows, row -> row.key().layer());
      set(statement, 4, "text", rows, row -> row.key().phase().name().toLowerCase(Locale.ROOT));
      set(statement, 5, "text", rows, row -> text(row.key().tenant()));
      set(statement, 6, "text", rows, row -> literal(row.counts()));
      statement.executeUpdate();
    }
  }

  private static void set(
      PreparedStatement statement,
      int index,
      String type,
      List<ActivationRow> rows,
      Function<ActivationRow, Object> column)
      throws SQLException {
    Array array =
        statement.getConnection().createArrayOf(type, rows.stream().map(column).toArray());
    statement.setArray(index, array);
  }

  /// Without the one character PostgreSQL's text cannot hold.
  static String text(String value) {
    return value.replace('\0', '\ufffd');
  }

  private static String literal(long[] counts) {
    return Arrays.stream(counts)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(",", "{", "}"));
  }
}

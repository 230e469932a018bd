package io.fiddler.store.writer;

import io.fiddler.store.batch.Loss;
import io.fiddler.store.batch.WriterIdentity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/// Writes down how many request rows were given up.
final class LossInsert {
  private static final String INSERT_LOSS =
      """
      insert into request_loss (writer_id, batch, reason, first_at, last_at, requests)
      values (?, ?, ?, ?, ?, ?)
      """;

  private LossInsert() {}

  static void write(Connection connection, WriterIdentity writer, long batch, List<Loss> losses)
      throws SQLException {
    for (Loss loss : losses) {
      try (PreparedStatement insert = connection.prepareStatement(INSERT_LOSS)) {
        insert.setObject(1, writer.id());
        insert.setLong(2, batch);
        insert.setString(3, loss.reason().name().toLowerCase(Locale.ROOT));
        insert.setObject(4, loss.from().atOffset(ZoneOffset.UTC));
        insert.setObject(5, loss.to().atOffset(ZoneOffset.UTC));
        insert.setLong(6, loss.requests());
        insert.executeUpdate();
      }
    }
  }
}

package io.fiddler.store.embedded;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// What the tests of the embedded server share.
final class EmbeddedServers {
  /// Unpacked once for all tests of the build.
  static final Path BINARIES = Path.of("target", "postgres", "bin").toAbsolutePath();

  private EmbeddedServers() {}

  static EmbeddedPostgresOptions options(Path folder) {
    EmbeddedPostgresOptions defaults = EmbeddedPostgresOptions.in(folder);
    return new EmbeddedPostgresOptions(
        folder, BINARIES, folder.resolveSibling("shelter"), 0, defaults.settings());
  }

  static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String query(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
  }
}

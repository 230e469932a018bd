package io.fiddler.store;

import io.fiddler.store.embedded.EmbeddedPostgres;
import io.fiddler.store.embedded.EmbeddedPostgresException;
import io.fiddler.store.embedded.EmbeddedPostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// The one PostgreSQL server of the test JVM: a container where a Docker engine answers, else the
/// embedded one. Durable it need not be.
///
/// @param url of its first database
/// @param username of the superuser
/// @param password of the superuser
record TestServer(String url, String username, String password) {
  private static final int MOST_TEST_JVMS = 8;
  private static final Path FOLDER = Path.of("target", "postgres").toAbsolutePath();

  static TestServer get() {
    return Holder.SERVER;
  }

  TestDatabase createDatabase(String name) {
    try (Connection connection = DriverManager.getConnection(url, username, password);
        Statement statement = connection.createStatement()) {
      statement.execute("drop database if exists %s with (force)".formatted(name));
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("no database for a test", e);
    }
    return new TestDatabase(url.replaceFirst("/[^/]+$", "/" + name), username, password);
  }

  private static TestServer start() {
    return DockerClientFactory.instance().isDockerAvailable() ? inContainer() : embedded();
  }

  @SuppressWarnings("resource") // Testcontainers removes it when the JVM ends
  private static TestServer inContainer() {
    PostgreSQLContainer container = new PostgreSQLContainer("postgres:18-alpine");
    container.start();
    return new TestServer(
        "jdbc:postgresql://%s:%d/%s"
            .formatted(
                container.getHost(),
                container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                container.getDatabaseName()),
        container.getUsername(),
        container.getPassword());
  }

  private static TestServer embedded() {
    EmbeddedPostgres server = startInFreeFolder();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-test-postgres"));
    return new TestServer(server.jdbcUrl(), server.username(), server.password());
  }

  /// Kept folders spare initdb and let a killed test run's server be found and stopped; test JVMs
  /// that run at the same time take one each.
  private static EmbeddedPostgres startInFreeFolder() {
    for (int i = 1; ; i++) {
      try {
        return EmbeddedPostgres.start(
            new EmbeddedPostgresOptions(
                FOLDER.resolve("server-" + i),
                FOLDER.resolve("bin"),
                Path.of("/var/tmp/fiddler-test"),
                0,
                Map.of("fsync", "off", "synchronous_commit", "off")));
      } catch (EmbeddedPostgresException inUse) {
        if (i == MOST_TEST_JVMS) {
          throw inUse;
        }
      }
    }
  }

  private static final class Holder {
    private static final TestServer SERVER = start();
  }
}

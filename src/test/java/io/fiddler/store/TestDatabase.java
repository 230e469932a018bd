package io.fiddler.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// A fresh, empty database.
///
/// @param url for JDBC
/// @param username of its owner
/// @param password of its owner
public record TestDatabase(String url, String username, String password) {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /// A new one on the server of this test JVM.
  public static TestDatabase create() {
    return TestServer.get().createDatabase("test_" + COUNT.incrementAndGet());
  }

  /// A small pool on it, set as the service sets its own. The caller closes it.
  public HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(username);
    config.setPassword(password);
    config.setMaximumPoolSize(8);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(Duration.ofSeconds(2).toMillis());
    config.setValidationTimeout(Duration.ofSeconds(1).toMillis());
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  /// The same database through another port of this machine.
  public TestDatabase through(int port) {
    String through = url.replaceFirst("//[^/]+/", "//127.0.0.1:" + port + "/");
    // Without named statements, so that a COMMIT can be told by its text.
    return new TestDatabase(
        through + (through.contains("?") ? "&" : "?") + "prepareThreshold=0", username, password);
  }
}

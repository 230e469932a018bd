package io.fiddler.store.upkeep;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/// Runs one step of the upkeep in a transaction of its own: a step is done wholly or not at all. Of
/// several replicas one at a time; the others leave the step to it.
final class UpkeepTransaction {
  // Of the transaction, not of the session: nothing stays behind, whatever is between us and the
  // server. The number stands for io.fiddler.store.upkeep.
  private static final String TRY_LOCK = "select pg_try_advisory_xact_lock(7236485710943211)";

  // Who waits for a table's lock makes all others wait behind it.
  private static final String LIMITS =
      """
      set local lock_timeout = '3s';
      set local statement_timeout = '10min';
      set local idle_in_transaction_session_timeout = '60s'
      """;

  /// Above the server's limits, so that only a lost connection runs into it.
  private static final Duration NETWORK_TIMEOUT = Duration.ofMinutes(11);

  private final DataSource dataSource;

  UpkeepTransaction(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /// What happens in one transaction.
  ///
  /// @param <T> what it finds out
  @FunctionalInterface
  interface Step<T> {
    T run(Connection connection) throws SQLException;
  }

  /// Runs `step` and commits.
  ///
  /// @return what it found out, or `elsewhere` if another replica is at its upkeep now
  /// @throws SQLException if nothing was changed, or it is unknown whether: the next round sees
  <T> T run(T elsewhere, Step<T> step) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      int networkTimeout = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, (int) NETWORK_TIMEOUT.toMillis());
      connection.setAutoCommit(false);
      try {
        T found = lock(connection) ? step.run(connection) : elsewhere;
        connection.commit();
        return found;
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      } finally {
        restore(connection, networkTimeout);
      }
    }
  }

  private static boolean lock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(LIMITS);
      try (ResultSet locked = statement.executeQuery(TRY_LOCK)) {
        return locked.next() && locked.getBoolean(1);
      }
    }
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException lost) {
      cause.addSuppressed(lost);
    }
  }

  private static void restore(Connection connection, int networkTimeout) throws SQLException {
    if (!connection.isClosed()) {
      connection.setNetworkTimeout(Runnable::run, networkTimeout);
    }
  }
}

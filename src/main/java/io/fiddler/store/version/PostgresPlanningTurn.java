package io.fiddler.store.version;

import io.fiddler.store.Migrations;
import io.fiddler.store.Reachability;
import io.fiddler.usage.Durations;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.version.PlanningTurn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An advisory lock of the database for each model, held by an open transaction: it ends with the
/// connection of a replica that dies.
public final class PostgresPlanningTurn implements PlanningTurn {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresPlanningTurn.class);
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final DataSource dataSource;
  private final Migrations migrations;
  private final Duration patience;

  /// @param patience how long to wait for another replica before planning beside it
  public PostgresPlanningTurn(DataSource dataSource, Migrations migrations, Duration patience) {
    this.dataSource = dataSource;
    this.migrations = migrations;
    this.patience = patience;
  }

  @Override
  public <T> T take(String fingerprint, Supplier<T> planning) {
    if (!migrations.done()) {
      throw new StoreUnavailableException(migrations.pendingReason(), null);
    }
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        lock(connection, fingerprint);
        return planning.get();
      } finally {
        release(connection);
      }
    } catch (SQLException e) {
      throw new StoreUnavailableException(
          "the database does not answer: " + Reachability.reason(e), e);
    }
  }

  private void lock(Connection connection, String fingerprint) throws SQLException {
    try (Statement limit = connection.createStatement();
        PreparedStatement lock =
            connection.prepareStatement(
                "select pg_advisory_xact_lock(hashtextextended('fiddler placement ' || ?, 0))")) {
      limit.execute("set local lock_timeout = " + patience.toMillis());
      lock.setString(1, fingerprint);
      lock.execute();
    } catch (SQLException e) {
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      // The turn spares work and does not guard anything, so nobody waits for ever.
      LOG.warn(
          "Another replica has been planning for {}; not waiting any longer",
          Durations.text(patience));
    }
  }

  /// What was planned is recorded by then, so a connection that breaks here fails nothing.
  private static void release(Connection connection) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      LOG.debug("The turn to plan ended with its connection", e);
    }
  }
}

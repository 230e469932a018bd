package io.fiddler.store;

import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The repositories' way to the database: says in one sentence when it does not answer, and does
/// not wait for ever.
public final class StoreConnection {
  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(30);

  private final Migrations migrations;
  private final JdbcClient jdbc;

  /// Over a pool and the migration of its database.
  public StoreConnection(DataSource dataSource, Migrations migrations) {
    JdbcTemplate template = new JdbcTemplate(dataSource);
    template.setQueryTimeout((int) QUERY_TIMEOUT.toSeconds());
    this.migrations = migrations;
    this.jdbc = JdbcClient.create(template);
  }

  /// Runs one statement.
  ///
  /// @throws StoreUnavailableException if the database does not answer or is not migrated yet
  public <T> T query(Function<JdbcClient, T> statement) {
    if (!migrations.done()) {
      throw new StoreUnavailableException(migrations.pendingReason(), null);
    }
    try {
      return statement.apply(jdbc);
    } catch (DataAccessException e) {
      if (Reachability.isUnavailable(e)) {
        throw new StoreUnavailableException(
            "the database does not answer: " + Reachability.reason(e), e);
      }
      throw e;
    }
  }
}

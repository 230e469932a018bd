package io.fiddler.store;

import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/// The repositories' way to the database: says in one sentence when it does not answer, and does
/// not wait for ever.
public final class StoreConnection {
  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(30);

  private final Migrations migrations;
  private final JdbcTemplate template;
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;

  /// Over a pool and the migration of its database.
  public StoreConnection(DataSource dataSource, Migrations migrations) {
    this.template = new JdbcTemplate(dataSource);
    template.setQueryTimeout((int) QUERY_TIMEOUT.toSeconds());
    this.migrations = migrations;
    this.jdbc = JdbcClient.create(template);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
  }

  /// Runs one statement.
  ///
  /// @throws StoreUnavailableException if the database does not answer or is not migrated yet
  public <T> T query(Function<JdbcClient, T> statement) {
    return reach(() -> statement.apply(jdbc));
  }

  /// Runs statements of which either all take effect or, if one throws, none.
  ///
  /// @throws StoreUnavailableException if the database does not answer or is not migrated yet
  public <T extends @Nullable Object> T transact(Function<JdbcClient, T> statements) {
    return reach(() -> transactions.execute(_ -> statements.apply(jdbc)));
  }

  /// Reads the rows of a query by binary COPY, for which text and one object a value would be too
  /// slow.
  ///
  /// @param select makes the query; `COPY` takes no parameters, so it quotes what it puts in
  /// @throws StoreUnavailableException if the database does not answer or is not migrated yet
  <T> T copy(BinaryRows.Query select, BinaryRows.Reader<T> reader) {
    return reach(() ->
        template.execute(
            (ConnectionCallback<T>)
                connection -> {
                  int before = connection.getNetworkTimeout();
                  connection.setNetworkTimeout(Runnable::run, (int) QUERY_TIMEOUT.toMillis());
                  try (BinaryRows rows = BinaryRows.of(connection, select)) {
                    return reader.read(rows);
                  } finally {
                    connection.setNetworkTimeout(Runnable::run, before);
                  }
                }));
  }

  private <T extends @Nullable Object> T reach(Supplier<T> access) {
    if (!migrations.done()) {
      throw new StoreUnavailableException(migrations.pendingReason(), null);
    }
    try {
      return access.get();
    } catch (DataAccessException | TransactionException e) {
      if (Reachability.isUnavailable(e)) {
        throw new StoreUnavailableException(
            "the database does not answer: " + Reachability.reason(e), e);
      }
      throw e;
    }
  }
}

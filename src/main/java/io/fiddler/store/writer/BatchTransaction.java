package io.fiddler.store.writer;

import io.fiddler.store.Reachability;
import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.Loss;
import io.fiddler.store.batch.WriterIdentity;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.TraceRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a batch in one transaction, together with its number: sent again, it is written once. One
/// thread.
final class BatchTransaction {
  private static final Logger log = LoggerFactory.getLogger(BatchTransaction.class);

  // Of a batch sent twice the second waits here for the first to end, then finds its number.
  private static final String CLAIM_BATCH =
      """
      insert into writer (id, last_batch, host, pid, started_at)
      values (?, ?, ?, ?, ?)
      on conflict (id) do update set last_batch = excluded.last_batch, updated_at = now()
      where writer.last_batch < excluded.last_batch
      """;

  // A transaction whose client is gone must not keep its successor waiting.
  private static final String LIMIT_TRANSACTION =
      """
      set local lock_timeout = '10s';
      set local statement_timeout = '20s';
      set local idle_in_transaction_session_timeout = '20s'
      """;

  /// Above the server's limits, so that only a lost connection runs into it.
  private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

  private final DataSource dataSource;
  private final WriterIdentity writer;
  private final Partitions partitions = new Partitions();

  BatchTransaction(DataSource dataSource, WriterIdentity writer) {
    this.dataSource = dataSource;
    this.writer = writer;
  }

  /// Writes `batch` unless the database has it already.
  ///
  /// @return what became of it
  /// @throws SQLException if it was not written, or it is unknown whether it was: send it again
  Written write(Batch batch) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setNetworkTimeout(Runnable::run, (int) NETWORK_TIMEOUT.toMillis());
      connection.setAutoCommit(true);
      partitions.ensure(connection, batch);
      connection.setAutoCommit(false);
      return transact(connection, batch);
    }
  }

  /// Asks for a sign of life.
  ///
  /// @throws SQLException if there is none
  void probe() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      if (!connection.isValid((int) PROBE_TIMEOUT.toSeconds())) {
        throw new SQLTransientConnectionException("the connection is not valid");
      }
    }
  }

  private Written transact(Connection connection, Batch batch) throws SQLException {
    try {
      return writeAll(connection, batch);
    } catch (SQLException e) {
      rollback(connection, e);
      if (!isAboutData(e)) {
        throw e;
      }
      log.warn("the database refuses a row of batch {}: {}", batch.number(), e.getMessage());
      return writeOneByOne(connection, batch);
    }
  }

  private static void rollback(Connection connection, SQLException cause) throws SQLException {
    try {
      connection.rollback();
    } catch (SQLException lost) {
      cause.addSuppressed(lost);
      throw cause;
    }
  }

  private Written writeAll(Connection connection, Batch batch) throws SQLException {
    boolean fresh = claim(connection, batch);
    if (fresh) {
      TraceInsert.write(connection, batch.traces());
      LossInsert.write(connection, writer, batch.number(), batch.losses());
      ActivationUpsert.write(connection, batch.activations());
      // Last: the requests of all writers add to the same sums, and from here until COMMIT the
      // other
      // batches wait.
      writeRequests(connection, batch.requests());
    }
    connection.commit();
    return new Written(fresh, 0);
  }

  private static void writeRequests(Connection connection, List<RequestRecord> requests)
      throws SQLException {
    KeyUsageUpsert.write(connection, requests);
    RequestCopy.write(connection, requests);
  }

  /// Leaves out the rows the database refuses: one of them must not stop all others for ever.
  private Written writeOneByOne(Connection connection, Batch batch) throws SQLException {
    List<Loss> refused = new ArrayList<>();
    boolean fresh = claim(connection, batch);
    if (fresh) {
      ActivationUpsert.write(connection, batch.activations());
      for (TraceRecord trace : batch.traces()) {
        if (!isTaken(connection, () -> TraceInsert.write(connection, List.of(trace)))) {
          log.warn("trace {} is not recorded", trace.id());
        }
      }
      for (RequestRecord request : batch.requests()) {
        if (!isTaken(connection, () -> writeRequests(connection, List.of(request)))) {
          log.warn("request {} is not recorded", request.id());
          refused.add(new Loss(Loss.Reason.REFUSED, request.createdAt(), request.createdAt(), 1));
        }
      }
      LossInsert.write(connection, writer, batch.number(), sum(batch.losses(), refused));
    }
    connection.commit();
    return new Written(fresh, refused.size());
  }

  private static List<Loss> sum(List<Loss> losses, List<Loss> refused) {
    Losses sum = new Losses();
    sum.putBack(losses);
    sum.putBack(refused);
    return sum.drain();
  }

  /// Whether the database takes one row.
  private static boolean isTaken(Connection connection, RowWrite row) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      row.run();
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (!isAboutData(e)) {
        throw e;
      }
      connection.rollback(before);
      log.warn("the database refuses a row: {}", e.getMessage());
      return false;
    }
  }

  @FunctionalInterface
  private interface RowWrite {
    void run() throws SQLException;
  }

  /// What became of a batch.
  ///
  /// @param fresh whether the database did not have it before
  /// @param refused request rows it refused for what is in them
  record Written(boolean fresh, int refused) {}

  private boolean claim(Connection connection, Batch batch) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(LIMIT_TRANSACTION);
    }
    try (PreparedStatement statement = connection.prepareStatement(CLAIM_BATCH)) {
      statement.setObject(1, writer.id());
      statement.setLong(2, batch.number());
      statement.setString(3, writer.host());
      statement.setLong(4, writer.pid());
      statement.setObject(5, writer.startedAt().atOffset(ZoneOffset.UTC));
      return statement.executeUpdate() == 1;
    }
  }

  /// Whether the failure lies in a row: a value out of its type's range, a constraint.
  private static boolean isAboutData(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("23"))
        && !Reachability.isUnavailable(e);
  }
}

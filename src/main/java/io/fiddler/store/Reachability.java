package io.fiddler.store;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.transaction.TransactionSystemException;

/// Tells a database that does not answer from one that answers "no".
public final class Reachability {
  // Connection, credentials, database name, resources, shutdown, system error, not writable now:
  // all of them pass when somebody repairs or restarts the server.
  private static final List<String> UNAVAILABLE_STATES =
      List.of("08", "28", "3D", "53", "57", "58", "25006", "40");

  private Reachability() {}

  /// Whether trying again later may help.
  public static boolean isUnavailable(Throwable failure) {
    if (isRollbackOnClosed(failure)) {
      return true;
    }
    for (Throwable cause = telling(failure); cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException
          || cause instanceof SQLTransientException
          || cause instanceof SQLRecoverableException
          || (cause instanceof SQLException e && isUnavailableState(e.getSQLState()))
          || (cause instanceof PSQLException e && isNewPartition(e))) {
        return true;
      }
    }
    return false;
  }

  /// What the database or its driver says, in one line.
  public static String reason(Throwable failure) {
    Throwable telling = telling(failure);
    for (Throwable cause = telling; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null
          && (cause instanceof SQLException || !(telling instanceof SQLException))) {
        telling = cause;
      }
    }
    String message = telling.getMessage();
    return message == null
        ? telling.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").strip();
  }

  /// What failed first. Where a connection breaks within a transaction its rollback fails as well,
  /// and says no more than that the connection is closed.
  private static Throwable telling(Throwable failure) {
    return failure instanceof TransactionSystemException rollback
            && rollback.getApplicationException() != null
        ? rollback.getApplicationException()
        : failure;
  }

  /// Whether a commit failed and then its rollback, which is all that is told: the pool took the
  /// broken connection away in between, and says so without a code.
  private static boolean isRollbackOnClosed(Throwable failure) {
    return failure instanceof TransactionSystemException rollback
        && rollback.getApplicationException() == null
        && rollback.getCause() instanceof SQLException closed
        && closed.getSQLState() == null;
  }

  /// Whether a partition for the row was made while the row was on its way to the default one,
  /// which then takes it no longer: a violation of a partition's bounds, which have no name as
  /// other constraints have.
  private static boolean isNewPartition(PSQLException failure) {
    ServerErrorMessage message = failure.getServerErrorMessage();
    return PSQLState.CHECK_VIOLATION.getState().equals(failure.getSQLState())
        && message != null
        && message.getConstraint() == null;
  }

  private static boolean isUnavailableState(@Nullable String state) {
    return state != null && UNAVAILABLE_STATES.stream().anyMatch(state::startsWith);
  }
}

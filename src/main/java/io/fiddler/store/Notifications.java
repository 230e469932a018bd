package io.fiddler.store;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when something was done on whichever replica, about placements or about keys: a connection
/// of its own listens to their channel, and is made anew when it breaks. Also tells when nothing
/// came for a while, so that a notification that was lost only delays.
public final class Notifications implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int VALID_WITHIN_SECONDS = 2;

  /// How long a read of the connection may hold up {@link #close}.
  private static final Duration SLICE = Duration.ofMillis(200);

  private final Channel channel;
  private final DataSource dataSource;
  private final Migrations migrations;
  private final Duration poll;
  private final Runnable onChange;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean failing;

  /// What there is to be told of; the database has a trigger for each.
  public enum Channel {
    /// Something was done about placements.
    PLACEMENT,
    /// A key is new or another.
    KEY;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Notifications(
      Channel channel,
      DataSource dataSource,
      Migrations migrations,
      Duration poll,
      Runnable onChange) {
    this.channel = channel;
    this.dataSource = dataSource;
    this.migrations = migrations;
    this.poll = poll;
    this.onChange = onChange;
    this.thread =
        Thread.ofPlatform().name(channel.text() + "-listen").daemon().unstarted(this::run);
  }

  /// Starts to listen.
  ///
  /// @param channel what to listen for
  /// @param dataSource of which one connection is taken for good
  /// @param poll how long to wait for a notification before looking all the same
  /// @param onChange told on a thread of its own; may block
  public static Notifications start(
      Channel channel,
      DataSource dataSource,
      Migrations migrations,
      Duration poll,
      Runnable onChange) {
    Notifications notifications =
        new Notifications(channel, dataSource, migrations, poll, onChange);
    notifications.thread.start();
    return notifications;
  }

  private void run() {
    do {
      if (!migrations.done()) {
        continue;
      }
      try (Connection connection = dataSource.getConnection()) {
        try {
          listen(connection);
        } finally {
          giveUp(connection);
        }
      } catch (SQLException | RuntimeException e) {
        failed(e);
      }
    } while (!isClosedWithin(RETRY));
  }

  private void listen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("listen fiddler_" + channel.text());
    }
    if (failing) {
      LOG.info("Listening to the other replicas again");
      failing = false;
    }
    PGConnection postgres = connection.unwrap(PGConnection.class);
    // What was done before this connection listened.
    onChange.run();
    long looked = System.nanoTime();
    while (!isClosedWithin(Duration.ZERO)) {
      PGNotification[] notifications = postgres.getNotifications((int) SLICE.toMillis());
      if (notifications == null || notifications.length == 0) {
        if (System.nanoTime() - looked < poll.toNanos()) {
          continue;
        }
        if (!connection.isValid(VALID_WITHIN_SECONDS)) {
          throw new SQLException("the connection that listens has gone silent", "08006");
        }
      }
      onChange.run();
      looked = System.nanoTime();
    }
  }

  /// The pool must neither lend a connection that listens nor report one that broke.
  private void giveUp(Connection connection) throws SQLException {
    if (dataSource.isWrapperFor(HikariDataSource.class)) {
      dataSource.unwrap(HikariDataSource.class).evictConnection(connection);
    }
  }

  private void failed(Exception failure) {
    if (isClosedWithin(Duration.ZERO)) {
      return;
    }
    if (!Reachability.isUnavailable(failure)) {
      LOG.error("Listening to the other replicas failed", failure);
    } else if (!failing) {
      LOG.warn("Not listening to the other replicas: {}", Reachability.reason(failure));
    }
    failing = true;
  }

  private boolean isClosedWithin(Duration wait) {
    try {
      return closed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /// Stops to listen; a second call does nothing.
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.fiddler.store;

import io.fiddler.usage.Durations;
import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the schema up to date on a thread of its own, for as long as that takes: a database that
/// is down delays the start of the service only as long as {@link #await} is told to.
public final class Migrations implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Migrations.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private static final Duration POLL = Duration.ofMillis(100);

  private final DataSource dataSource;
  private final Thread thread;
  private final CountDownLatch done = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable RuntimeException failure;

  private Migrations(DataSource dataSource) {
    this.dataSource = dataSource;
    this.thread = Thread.ofPlatform().name("store-migration").daemon().unstarted(this::run);
  }

  /// Begins to migrate in the background.
  public static Migrations start(DataSource dataSource) {
    Migrations migrations = new Migrations(dataSource);
    migrations.thread.start();
    return migrations;
  }

  /// Whether the schema is there.
  public boolean done() {
    return done.getCount() == 0;
  }

  /// Waits until the schema is there. If the database does not answer in time, the service may go
  /// on without: the migration happens when it returns.
  ///
  /// @return whether the schema is there
  /// @throws StoreUnavailableException if it is not there in time and `required`
  /// @throws MigrationFailedException if the database answers and the schema cannot be migrated
  public boolean await(Duration timeout, boolean required) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!waitFor(done, Math.min(deadline - System.nanoTime(), POLL.toNanos()))) {
      RuntimeException last = failure;
      if (last != null && !Reachability.isUnavailable(last)) {
        throw new MigrationFailedException(
            "the database cannot be migrated: " + Reachability.reason(last), last);
      }
      if (System.nanoTime() - deadline >= 0) {
        return late(timeout, required, last);
      }
    }
    return true;
  }

  private boolean late(Duration timeout, boolean required, @Nullable RuntimeException last) {
    String reason = last == null ? "no answer" : Reachability.reason(last);
    String message =
        "the database does not answer within %s: %s".formatted(Durations.text(timeout), reason);
    if (required) {
      throw new StoreUnavailableException(message, last);
    }
    log.warn("{}; going on without history, requests are kept in memory until it returns", message);
    return false;
  }

  /// Why the schema is not there yet, in one sentence.
  public String pendingReason() {
    RuntimeException last = failure;
    return last == null
        ? "the database is being migrated"
        : "the database is not migrated: " + Reachability.reason(last);
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    do {
      try {
        migrate();
        done.countDown();
        return;
      } catch (RuntimeException e) {
        RuntimeException before = failure;
        failure = e;
        if (before == null || !Reachability.reason(before).equals(Reachability.reason(e))) {
          log.warn("the database cannot be migrated yet: {}", Reachability.reason(e));
        }
      }
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    } while (!waitFor(closed, pause.toNanos()));
  }

  private void migrate() {
    Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(dataSource)
        .locations("classpath:db/migration")
        .load()
        .migrate();
  }

  private static boolean waitFor(CountDownLatch latch, long nanos) {
    try {
      return latch.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the database", e);
    }
  }

  /// Gives up what is not migrated by now.
  @Override
  public void close() {
    closed.countDown();
  }
}

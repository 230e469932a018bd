package io.fiddler.store.upkeep;

import io.fiddler.store.Migrations;
import io.fiddler.store.Reachability;
import io.fiddler.usage.UpkeepMonitor;
import io.fiddler.usage.UpkeepStatus;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after the database from a thread of its own, at start and once an hour. A database that
/// fails delays it, nothing else.
public final class StoreUpkeep implements UpkeepMonitor, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoreUpkeep.class);
  private static final Duration INTERVAL = Duration.ofHours(1);
  private static final Duration RETRY = Duration.ofMinutes(1);
  private static final Duration MIGRATION_POLL = Duration.ofSeconds(1);

  private final Migrations migrations;
  private final UpkeepRound round;
  private final InstantSource clock;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile UpkeepStatus status = new UpkeepStatus(0, 0, null, null);

  private StoreUpkeep(
      DataSource dataSource, Migrations migrations, Retention retention, InstantSource clock) {
    this.migrations = migrations;
    this.round = new UpkeepRound(dataSource, retention);
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("store-upkeep").daemon().unstarted(this::run);
  }

  /// Starts to look after it.
  ///
  /// @param dataSource a pool
  /// @param migrations of its database; nothing is done before they are
  /// @param retention how long things are kept
  /// @param clock tells what is old
  public static StoreUpkeep start(
      DataSource dataSource, Migrations migrations, Retention retention, InstantSource clock) {
    StoreUpkeep upkeep = new StoreUpkeep(dataSource, migrations, retention, clock);
    upkeep.thread.start();
    return upkeep;
  }

  @Override
  public UpkeepStatus status() {
    return status;
  }

  private void run() {
    Duration pause = Duration.ZERO;
    while (!endsWithin(pause)) {
      pause = migrations.done() ? attempt() : MIGRATION_POLL;
    }
  }

  private Duration attempt() {
    try {
      UpkeepRound.Done done = round.run(clock.instant());
      if (!done.nothing()) {
        log.info("database upkeep: {} partitions made, {}", done.made(), removed(done));
      }
      status = status.succeeded(clock.instant());
      return INTERVAL;
    } catch (SQLException | RuntimeException | Error e) {
      // The edge of a background loop: counted, told once, and tried again.
      String reason = Reachability.reason(e);
      if (status.lastError() == null) {
        log.warn("database upkeep fails and is tried again every {}: {}", RETRY, reason);
      }
      status = status.failed(reason);
      return RETRY;
    }
  }

  private static String removed(UpkeepRound.Done done) {
    return done.removed().isEmpty() && done.rows() == 0
        ? "nothing was too old"
        : "days or months that left: %s, rows about processes and losses: %d"
            .formatted(done.removed(), done.rows());
  }

  private boolean endsWithin(Duration pause) {
    try {
      return closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /// Ends it; a step that is under way is rolled back with its connection.
  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.fiddler.store.writer;

import io.fiddler.store.Migrations;
import io.fiddler.store.Reachability;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what waits, once an interval or when a batch is full; what fails is tried again, ever
/// less often.
final class WriterLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(WriterLoop.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(250);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(10);

  private final Outbox outbox;
  private final BatchTransaction transaction;
  private final Migrations migrations;
  private final WriterOptions options;
  private final Queue<CompletableFuture<Boolean>> flushes = new ConcurrentLinkedQueue<>();
  private final List<CompletableFuture<Boolean>> awaited = new ArrayList<>();
  private volatile boolean urgent;
  private volatile boolean closing;
  private volatile boolean available;
  private volatile @Nullable String lastError;
  private long closeDeadline;
  private int failures;

  WriterLoop(
      Outbox outbox, BatchTransaction transaction, Migrations migrations, WriterOptions options) {
    this.outbox = outbox;
    this.transaction = transaction;
    this.migrations = migrations;
    this.options = options;
  }

  @Override
  public void run() {
    boolean last = false;
    while (!last) {
      // Read before the attempt: what was handed over before closing must be in it.
      boolean ending = closing;
      boolean written = attempt();
      last = ending && (written || System.nanoTime() - closeDeadline > 0);
      if (!last) {
        pause();
      }
    }
    flushes.forEach(flush -> flush.complete(false));
    awaited.forEach(flush -> flush.complete(false));
  }

  /// Completed with true once everything handed over before this call is committed, with false if
  /// the loop ends before.
  CompletableFuture<Boolean> flush() {
    CompletableFuture<Boolean> flush = new CompletableFuture<>();
    flushes.add(flush);
    urgent = true;
    return flush;
  }

  /// Lets the loop end as soon as everything is written, or the time is over.
  void close(Duration timeout) {
    closeDeadline = System.nanoTime() + timeout.toNanos();
    closing = true;
    urgent = true;
  }

  boolean available() {
    return available;
  }

  @Nullable String lastError() {
    return lastError;
  }

  private boolean attempt() {
    urgent = false;
    for (var flush = flushes.poll(); flush != null; flush = flushes.poll()) {
      awaited.add(flush);
    }
    try {
      outbox.collectCounts();
      if (!migrations.done()) {
        failed(migrations.pendingReason());
        return false;
      }
      write();
    } catch (SQLException | RuntimeException e) {
      failed(Reachability.reason(e));
      return false;
    }
    succeeded();
    return true;
  }

  private void write() throws SQLException {
    // No more than waits now: with requests coming steadily, each would get a transaction.
    int rows = outbox.rows();
    Batch batch = outbox.next();
    if (batch == null) {
      transaction.probe();
    }
    while (batch != null) {
      outbox.written(batch, transaction.write(batch));
      rows -= batch.requests().size();
      batch = rows > 0 || outbox.hasCounts() ? outbox.next() : null;
    }
  }

  private void failed(String reason) {
    if (failures == 0 && migrations.done()) {
      log.warn("requests and counts are kept in memory, the database fails: {}", reason);
    }
    failures++;
    available = false;
    lastError = reason;
  }

  private void succeeded() {
    if (failures > 0) {
      log.info("the database takes requests and counts, batch {} is written", outbox.lastBatch());
    }
    failures = 0;
    available = true;
    lastError = null;
    awaited.forEach(flush -> flush.complete(true));
    awaited.clear();
  }

  private void pause() {
    long end = System.nanoTime() + pauseTime().toNanos();
    for (long left = end - System.nanoTime();
        left > 0 && !urgent && !(failures == 0 && outbox.rows() >= options.batchRows());
        left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  private Duration pauseTime() {
    if (failures == 0) {
      return options.flushInterval();
    }
    Duration retry = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
    Duration slowest = closing ? FIRST_RETRY : SLOWEST_RETRY;
    return retry.compareTo(slowest) < 0 ? retry : slowest;
  }
}

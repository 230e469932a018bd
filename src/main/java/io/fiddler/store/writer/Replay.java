package io.fiddler.store.writer;

import io.fiddler.store.Reachability;
import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.WriterIdentity;
import io.fiddler.store.spool.DeadSpool;
import io.fiddler.store.spool.SpoolFolder;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what dead processes left in their spools, under their ids and numbers: whatever of it the
/// database has already is skipped. One thread, but for the figures.
final class Replay implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Replay.class);

  /// A process that shares the folder may die at any time.
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private final SpoolFolder folder;
  private final DataSource dataSource;
  private @Nullable DeadSpool dead;
  private @Nullable BatchTransaction transaction;
  private long batches;
  private long newBatches;
  private long rows;
  private boolean looked;
  private long nextLook;
  private final Backoff backoff = new Backoff();
  private long nextTry = System.nanoTime();
  private final AtomicLong requests = new AtomicLong();

  Replay(SpoolFolder folder, DataSource dataSource) {
    this.folder = folder;
    this.dataSource = dataSource;
  }

  /// The next batch to write; null if there is none now.
  @Nullable Batch next() {
    if (backoff.isFailing() && System.nanoTime() - nextTry < 0) {
      return null;
    }
    while (true) {
      if (dead == null && !open()) {
        return null;
      }
      DeadSpool spool = dead;
      if (spool == null) {
        return null;
      }
      try {
        Batch batch = spool.first();
        if (batch != null) {
          return batch;
        }
        spool.finish();
        report(spool.writer());
      } catch (IOException e) {
        folder.leave(spool);
        log.error("a spool of a dead process cannot be read or deleted: {}", SpoolErrors.reason(e));
      }
      close();
    }
  }

  /// Writes what {@link #next} gave; blocks.
  BatchTransaction.Written write(Batch batch) throws SQLException {
    BatchTransaction to = transaction;
    if (to == null) {
      throw new IllegalStateException("no spool is open");
    }
    return to.write(batch);
  }

  /// The database has that batch.
  void written(Batch batch, BatchTransaction.Written written) {
    batches++;
    if (written.fresh()) {
      newBatches++;
      int fresh = batch.requests().size() - written.refused();
      rows += fresh;
      requests.addAndGet(fresh);
    }
    backoff.succeeded();
    if (dead != null) {
      dead.removeFirst();
    }
  }

  /// The database answers and does not take that batch; it is tried again, ever less often.
  void refused(Batch batch, SQLException reason) {
    if (!backoff.isFailing()) {
      log.error(
          "the database refuses batch {} of the spool {}, which stays and is tried again: {}",
          batch.number(),
          dead == null ? "" : dead.path(),
          Reachability.reason(reason));
    }
    backoff.failed();
    nextTry = System.nanoTime() + backoff.pause(false).toNanos();
  }

  /// Request rows written so far. Any thread.
  long requests() {
    return requests.get();
  }

  private boolean open() {
    if (looked && System.nanoTime() - nextLook < 0) {
      return false;
    }
    DeadSpool found = folder.nextDead();
    if (found == null) {
      looked = true;
      nextLook = System.nanoTime() + LOOK_AGAIN.toNanos();
      return false;
    }
    dead = found;
    transaction = new BatchTransaction(dataSource, found.writer());
    batches = 0;
    newBatches = 0;
    rows = 0;
    return true;
  }

  private void report(WriterIdentity writer) {
    log.info(
        "process {} on {}, started {}, left {} batches: {} with {} request rows are written now, the database had the others",
        writer.pid(),
        writer.host(),
        writer.startedAt(),
        batches,
        newBatches,
        rows);
  }

  /// Lets go of the spool being read; it is found again.
  @Override
  public void close() {
    if (dead != null) {
      try {
        dead.close();
      } catch (IOException e) {
        log.warn("a spool cannot be closed: {}", SpoolErrors.reason(e));
      }
      dead = null;
      transaction = null;
    }
  }
}

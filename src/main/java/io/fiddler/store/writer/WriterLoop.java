package io.fiddler.store.writer;

import io.fiddler.store.Migrations;
import io.fiddler.store.Reachability;
import io.fiddler.store.batch.Batch;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what waits, once an interval or when a batch is full; what fails is tried again, ever
/// less often. While the database fails or keeps it waiting longer than an interval, it puts what
/// waits on disk, once an interval.
final class WriterLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(WriterLoop.class);

  private final Outbox outbox;
  private final BatchTransaction transaction;
  private final Replay replay;
  private final Migrations migrations;
  private final WriterOptions options;
  private final Sender sender = new Sender();
  private final Queue<CompletableFuture<Boolean>> flushes = new ConcurrentLinkedQueue<>();
  private final List<CompletableFuture<Boolean>> awaited = new ArrayList<>();
  private volatile boolean urgent;
  private volatile boolean closing;
  private volatile boolean available;
  private volatile @Nullable String lastError;
  private volatile long closeDeadline;
  private volatile boolean ended;
  private final Backoff backoff = new Backoff();
  private boolean savingFails;
  private boolean replaying;
  private long nextSave = System.nanoTime();

  WriterLoop(
      Outbox outbox,
      BatchTransaction transaction,
      Replay replay,
      Migrations migrations,
      WriterOptions options) {
    this.outbox = outbox;
    this.transaction = transaction;
    this.replay = replay;
    this.migrations = migrations;
    this.options = options;
  }

  @Override
  public void run() {
    try {
      untilClosed();
      outbox.saveAtLast();
    } catch (RuntimeException | Error e) {
      // Nothing above throws as far as anybody knows; if it does, nobody shall wait or believe that
      // rows are written.
      available = false;
      lastError = Reachability.reason(e);
      log.error("requests and counts are not written any more", e);
    } finally {
      ended = true;
      sender.close();
      replay.close();
      flushes.forEach(flush -> flush.complete(false));
      awaited.forEach(flush -> flush.complete(false));
    }
  }

  private void untilClosed() {
    boolean last = false;
    while (!last) {
      // Read before the attempt: what was handed over before closing must be in it.
      boolean ending = closing;
      boolean dead = ending && backoff.isFailing() && saveAll();
      last = dead || (attempt() && ending) || (ending && (saveAll() || isLate()));
      if (!last) {
        pause();
      }
    }
  }

  /// Completed with true once everything handed over before this call is committed, with false if
  /// the loop ends before.
  CompletableFuture<Boolean> flush() {
    CompletableFuture<Boolean> flush = new CompletableFuture<>();
    flushes.add(flush);
    urgent = true;
    if (ended) {
      flush.complete(false);
    }
    return flush;
  }

  /// Lets the loop end as soon as everything is written, or on disk and the database does not
  /// answer, or the time is over.
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
      succeeded();
      replay();
    } catch (Exception | Error e) {
      // An Error, too: the thread that writes is the only one there is.
      failed(Reachability.reason(e));
      return false;
    }
    return true;
  }

  private void write() throws Exception {
    // No more than waits now: with requests or traces coming steadily, each would get a transaction
    // and a flush would never end.
    long rows = outbox.rows();
    long traces = outbox.traces();
    Batch batch = outbox.next();
    if (batch == null) {
      send(() -> {
        transaction.probe();
        return true;
      });
    }
    while (batch != null) {
      Batch sent = batch;
      outbox.written(batch, send(() -> transaction.write(sent)).refused());
      rows -= batch.requests().size();
      traces -= batch.traces().size();
      if (outbox.isSpooling()) {
        save();
      }
      batch = rows > 0 || traces > 0 || outbox.hasMore() ? outbox.next() : null;
    }
  }

  /// Writes what dead processes left, until this one has something to write itself. A batch that
  /// the database refuses holds up that spool alone.
  private void replay() throws Exception {
    long end = System.nanoTime() + options.flushInterval().toNanos();
    Batch batch = closing ? null : replay.next();
    while (batch != null && !urgent && System.nanoTime() - end < 0) {
      Batch sent = batch;
      try {
        replay.written(batch, send(() -> replay.write(sent)));
      } catch (SQLException e) {
        if (Reachability.isUnavailable(e)) {
          throw e;
        }
        replay.refused(batch, e);
      }
      batch = replay.next();
    }
    replaying = batch != null;
  }

  /// Waits for the database to do `work`, and saves what waits if that takes long.
  private <T> T send(Callable<T> work) throws Exception {
    Thread loop = Thread.currentThread();
    CompletableFuture<T> answer = sender.send(work, () -> LockSupport.unpark(loop));
    long begin = System.nanoTime();
    while (!answer.isDone()) {
      if (closing && (isLate() || (backoff.isFailing() && saveAll()))) {
        throw new SQLTransientException("the database did not answer before the service stopped");
      }
      long waited = System.nanoTime() - begin;
      if (waited >= options.flushInterval().toNanos()) {
        save();
      }
      long left = closing ? closeDeadline - System.nanoTime() : Long.MAX_VALUE;
      LockSupport.parkNanos(this, Math.min(left, options.flushInterval().toNanos()));
    }
    return Sender.answer(answer);
  }

  private void failed(String reason) {
    if (!backoff.isFailing() && migrations.done()) {
      log.warn("requests and counts are kept, the database fails: {}", reason);
    }
    backoff.failed();
    available = false;
    lastError = reason;
    save();
  }

  private void succeeded() {
    if (backoff.isFailing()) {
      log.info("the database takes requests and counts, batch {} is written", outbox.lastBatch());
    }
    backoff.succeeded();
    available = true;
    lastError = null;
    awaited.forEach(flush -> flush.complete(true));
    awaited.clear();
  }

  private void save() {
    long now = System.nanoTime();
    if (now - nextSave >= 0 || outbox.rowsInMemory() >= options.batchRows()) {
      nextSave = now + options.flushInterval().toNanos();
      saved(() -> {
        outbox.collectCounts();
        outbox.save();
        return true;
      });
    }
  }

  private boolean saveAll() {
    return saved(() -> {
      outbox.collectCounts();
      return outbox.saveAll();
    });
  }

  /// What the disk itself refuses, the outbox tells of; anything else must not end this thread.
  private boolean saved(BooleanSupplier saving) {
    try {
      boolean done = saving.getAsBoolean();
      savingFails = false;
      return done;
    } catch (RuntimeException | Error e) {
      lastError = Reachability.reason(e);
      if (!savingFails) {
        log.error("requests and counts stay in memory, saving them fails", e);
      }
      savingFails = true;
      return false;
    }
  }

  private boolean isLate() {
    return System.nanoTime() - closeDeadline >= 0;
  }

  private void pause() {
    long end = System.nanoTime() + pauseTime().toNanos();
    for (long left = end - System.nanoTime();
        left > 0
            && !urgent
            && !(!backoff.isFailing() && outbox.rowsInMemory() >= options.batchRows());
        left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, Math.min(left, options.flushInterval().toNanos()));
      if (backoff.isFailing()) {
        save();
      }
    }
  }

  private Duration pauseTime() {
    if (backoff.isFailing()) {
      return backoff.pause(closing);
    }
    return replaying ? Duration.ZERO : options.flushInterval();
  }
}

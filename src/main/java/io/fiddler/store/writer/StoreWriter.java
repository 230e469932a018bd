package io.fiddler.store.writer;

import io.fiddler.store.Migrations;
import io.fiddler.store.batch.WriterIdentity;
import io.fiddler.store.spool.Spool;
import io.fiddler.store.spool.SpoolFolder;
import io.fiddler.usage.RequestLog;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.StoreMonitor;
import io.fiddler.usage.StoreStatus;
import io.fiddler.usage.StoreStatus.SpoolStatus;
import io.fiddler.usage.TraceLog;
import io.fiddler.usage.TraceRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes request rows, activation counts and sampled traces from a thread of its own, each exactly
/// once, however often the database or this process goes away. Thread-safe.
///
/// Close it after the engine, so that the last counts are written, and before the pool.
public final class StoreWriter implements RequestLog, TraceLog, StoreMonitor, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);

  /// For the disk.
  private static final Duration GRACE = Duration.ofSeconds(4);

  private static final Path NOWHERE = Path.of("").toAbsolutePath().resolve("no-spool");

  private final WriterOptions options;
  private final RequestBuffer buffer;
  private final TraceBuffer traces;
  private final Losses losses;
  private final Spool spool;
  private final Replay replay;
  private final Outbox outbox;
  private final WriterLoop loop;
  private final Thread thread;
  private final AtomicBoolean reported = new AtomicBoolean();

  private StoreWriter(
      DataSource dataSource,
      Migrations migrations,
      Supplier<Optional<CountedModel>> model,
      WriterOptions options,
      InstantSource clock) {
    WriterIdentity identity = WriterIdentity.create(clock.instant());
    Path folder = options.spool() == null ? NOWHERE : options.spool().toAbsolutePath().normalize();
    this.options = options;
    this.losses = new Losses();
    this.buffer = new RequestBuffer(options, losses);
    this.traces = new TraceBuffer(options.traceBytes());
    this.spool = new Spool(folder, options.spool() == null ? 0 : options.spoolBytes(), identity);
    this.replay = new Replay(new SpoolFolder(folder), dataSource);
    this.outbox = new Outbox(buffer, traces, losses, spool, model, options.batchRows(), clock);
    this.loop =
        new WriterLoop(
            outbox, new BatchTransaction(dataSource, identity), replay, migrations, options);
    this.thread = Thread.ofPlatform().name("store-writer").daemon().unstarted(loop);
  }

  /// Starts to write.
  ///
  /// @param dataSource a pool with a short connection timeout
  /// @param migrations of its database; nothing is written before they are done
  /// @param model the model loaded now, if there is one
  /// @param options intervals and sizes
  public static StoreWriter start(
      DataSource dataSource,
      Migrations migrations,
      Supplier<Optional<CountedModel>> model,
      WriterOptions options) {
    return start(dataSource, migrations, model, options, InstantSource.system());
  }

  static StoreWriter start(
      DataSource dataSource,
      Migrations migrations,
      Supplier<Optional<CountedModel>> model,
      WriterOptions options,
      InstantSource clock) {
    StoreWriter writer = new StoreWriter(dataSource, migrations, model, options, clock);
    writer.thread.start();
    return writer;
  }

  @Override
  public boolean admit() {
    return buffer.admit();
  }

  @Override
  public void append(RequestRecord request) {
    if (buffer.add(request) % options.batchRows() == 0) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void append(TraceRecord trace) {
    traces.add(trace);
  }

  @Override
  public StoreStatus status() {
    return new StoreStatus(
        loop.available(),
        Math.toIntExact(buffer.size() + spool.requests()),
        losses.total(),
        outbox.lastBatch(),
        loop.lastError(),
        new SpoolStatus(
            spool.sizeBytes(),
            spool.maxBytes(),
            spool.requests(),
            replay.requests(),
            outbox.spoolError()),
        buffer.isFull(),
        buffer.refused(),
        traces.dropped());
  }

  /// Waits until everything appended and counted before this call is committed. Blocking.
  ///
  /// @return whether that was so within `timeout`
  public boolean flush(Duration timeout) {
    var flush = loop.flush();
    LockSupport.unpark(thread);
    if (!thread.isAlive()) {
      flush.complete(false);
    }
    try {
      return flush.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Writes what is left, within the time the options give, or puts it on disk if the database does
  /// not answer; a second call does nothing.
  @Override
  public void close() {
    buffer.close();
    loop.close(options.closeTimeout());
    LockSupport.unpark(thread);
    try {
      if (thread.join(options.closeTimeout().plus(GRACE))) {
        report();
        spool.close();
      } else {
        log.error("what is left is not on disk {} after the service was to stop", GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report() {
    if (reported.getAndSet(true)) {
      return;
    }
    if (spool.file() != null) {
      log.warn(
          "the database took no more ({}): {} request rows and the last counts wait in {}, the next start writes them",
          loop.lastError(),
          spool.requests(),
          spool.file());
    }
    if (outbox.hasUnsaved()) {
      log.error(
          "the database took no more ({}): {} request rows and the counts since batch {} are lost",
          loop.lastError(),
          buffer.size(),
          outbox.lastBatch());
    }
  }
}

package io.fiddler.store.writer;

import io.fiddler.store.Migrations;
import io.fiddler.usage.RequestLog;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.StoreMonitor;
import io.fiddler.usage.StoreStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes request rows and activation counts from a thread of its own, each exactly once, however
/// often the database goes away. Thread-safe.
///
/// Close it after the engine, so that the last counts are written, and before the pool.
public final class StoreWriter implements RequestLog, StoreMonitor, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);
  private static final Duration GRACE = Duration.ofSeconds(4);

  private final WriterOptions options;
  private final RequestBuffer buffer;
  private final Outbox outbox;
  private final WriterLoop loop;
  private final Thread thread;

  private StoreWriter(WriterOptions options, RequestBuffer buffer, Outbox outbox, WriterLoop loop) {
    this.options = options;
    this.buffer = buffer;
    this.outbox = outbox;
    this.loop = loop;
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
    RequestBuffer buffer = new RequestBuffer(options.bufferRows());
    Outbox outbox = new Outbox(buffer, model, options.batchRows(), clock);
    BatchTransaction transaction =
        new BatchTransaction(dataSource, WriterIdentity.create(clock.instant()));
    WriterLoop loop = new WriterLoop(outbox, transaction, migrations, options);
    StoreWriter writer = new StoreWriter(options, buffer, outbox, loop);
    writer.thread.start();
    return writer;
  }

  @Override
  public void append(RequestRecord request) {
    if (buffer.add(request) % options.batchRows() == 0) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public StoreStatus status() {
    return new StoreStatus(
        loop.available(), buffer.size(), buffer.dropped(), outbox.lastBatch(), loop.lastError());
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

  /// Writes what is left, within the time the options give; a second call does nothing.
  @Override
  public void close() {
    buffer.close();
    loop.close(options.closeTimeout());
    LockSupport.unpark(thread);
    try {
      // An attempt that has begun has timeouts of its own, beyond ours.
      if (!thread.join(options.closeTimeout().plus(GRACE)) || !loop.available()) {
        log.warn(
            "the database took no more: {} request rows and the last counts are lost ({})",
            buffer.size(),
            loop.lastError());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

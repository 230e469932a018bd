package io.fiddler.store.writer;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How the writer works.
///
/// @param flushInterval longest time a record waits in memory while the database answers; what a
///   killed service loses
/// @param batchRows most request rows of one transaction; reached earlier, they are written earlier
/// @param bufferRows most request rows kept in memory
/// @param closeTimeout longest time spent on writing the rest when the service stops
/// @param bufferBytes most memory of them, roughly
/// @param traceBytes most memory of sampled traces; beyond, new ones are dropped and counted
/// @param onFull what becomes of further requests
/// @param spool folder of the spools; null to have none
/// @param spoolBytes most bytes of this process's spool
public record WriterOptions(
    Duration flushInterval,
    int batchRows,
    int bufferRows,
    Duration closeTimeout,
    long bufferBytes,
    long traceBytes,
    OnFull onFull,
    @Nullable Path spool,
    long spoolBytes) {
  private static final long BUFFER_BYTES = 64 << 20;
  private static final long TRACE_BYTES = 16 << 20;

  public WriterOptions {
    if (!flushInterval.isPositive()) {
      throw new IllegalArgumentException("flushInterval must be positive, got " + flushInterval);
    }
    requirePositive("batchRows", batchRows);
    requirePositive("bufferRows", bufferRows);
    requirePositive("bufferBytes", bufferBytes);
    requirePositive("traceBytes", traceBytes);
  }

  /// Drops what 64 MiB of memory cannot take; without a spool.
  public WriterOptions(
      Duration flushInterval, int batchRows, int bufferRows, Duration closeTimeout) {
    this(
        flushInterval,
        batchRows,
        bufferRows,
        closeTimeout,
        BUFFER_BYTES,
        TRACE_BYTES,
        OnFull.DROP,
        null,
        0);
  }

  /// One second, 5,000 rows, 100,000 rows, 10 seconds.
  public static WriterOptions defaults() {
    return new WriterOptions(Duration.ofSeconds(1), 5_000, 100_000, Duration.ofSeconds(10));
  }

  /// The same with a spool.
  ///
  /// @param folder of the spools of all processes
  /// @param maxBytes of this process's; 0 for none
  public WriterOptions spooling(Path folder, long maxBytes) {
    return new WriterOptions(
        flushInterval,
        batchRows,
        bufferRows,
        closeTimeout,
        bufferBytes,
        traceBytes,
        onFull,
        folder,
        maxBytes);
  }

  /// The same with other limits of memory and another way out of them.
  public WriterOptions bounded(long newBufferBytes, OnFull newOnFull) {
    return new WriterOptions(
        flushInterval,
        batchRows,
        bufferRows,
        closeTimeout,
        newBufferBytes,
        traceBytes,
        newOnFull,
        spool,
        spoolBytes);
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}

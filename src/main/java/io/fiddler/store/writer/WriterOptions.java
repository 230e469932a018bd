package io.fiddler.store.writer;

import java.time.Duration;

/// How the writer works.
///
/// @param flushInterval longest time a record waits in memory while the database answers; what a
///   killed service loses
/// @param batchRows most request rows of one transaction; reached earlier, they are written earlier
/// @param bufferRows most request rows kept in memory; beyond, new ones are dropped and counted
/// @param closeTimeout longest time spent on writing the rest when the service stops
public record WriterOptions(
    Duration flushInterval, int batchRows, int bufferRows, Duration closeTimeout) {
  public WriterOptions {
    if (!flushInterval.isPositive()) {
      throw new IllegalArgumentException("flushInterval must be positive, got " + flushInterval);
    }
    if (batchRows < 1) {
      throw new IllegalArgumentException("batchRows must be at least 1, got " + batchRows);
    }
    if (bufferRows < 1) {
      throw new IllegalArgumentException("bufferRows must be at least 1, got " + bufferRows);
    }
  }

  /// One second, 5,000 rows, 100,000 rows, 10 seconds.
  public static WriterOptions defaults() {
    return new WriterOptions(Duration.ofSeconds(1), 5_000, 100_000, Duration.ofSeconds(10));
  }
}

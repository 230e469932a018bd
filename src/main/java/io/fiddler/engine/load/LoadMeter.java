package io.fiddler.engine.load;

import io.fiddler.engine.EngineStatus.Transfer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reports a phase of loading that moves bytes: how many, how fast, how long it will take. Logs a
/// line every few seconds and one at the end, unless the phase is over at once. Safe to use from
/// any thread.
final class LoadMeter {
  private static final Logger LOG = LoggerFactory.getLogger(LoadMeter.class);
  private static final long LOG_EVERY_NANOS = 5_000_000_000L;
  private static final long WORTH_A_LINE_NANOS = 1_000_000_000L;

  private final String phase;
  private final double from;
  private final double to;
  private final PhaseProgress progress;
  private final LongSupplier clock;
  private final long startNanos;
  private long loggedNanos;
  private long done;

  /// A phase that begins now.
  ///
  /// @param from how much of loading is done before it, in [0, 1]
  /// @param to how much is done after it
  LoadMeter(String phase, double from, double to, PhaseProgress progress) {
    this(phase, from, to, progress, System::nanoTime);
  }

  LoadMeter(String phase, double from, double to, PhaseProgress progress, LongSupplier clock) {
    this.phase = phase;
    this.from = from;
    this.to = to;
    this.progress = progress;
    this.clock = clock;
    this.startNanos = clock.getAsLong();
    this.loggedNanos = startNanos;
    progress.at(phase, from, null);
  }

  /// `doneBytes` of `totalBytes` were moved; numbers that come late, from another thread, are
  /// ignored.
  synchronized void at(long doneBytes, long totalBytes) {
    if (doneBytes <= done) {
      return;
    }
    done = doneBytes;
    long now = clock.getAsLong();
    double seconds = (now - startNanos) / 1e9;
    Transfer transfer = new Transfer(doneBytes, totalBytes, seconds > 0 ? doneBytes / seconds : 0);
    double share = (double) doneBytes / Math.max(1, totalBytes);
    progress.at(phase, from + (to - from) * Math.min(1, share), transfer);
    boolean atEnd = doneBytes >= totalBytes && now - startNanos > WORTH_A_LINE_NANOS;
    if (atEnd || now - loggedNanos > LOG_EVERY_NANOS) {
      loggedNanos = now;
      LOG.info("{}: {}", phase, transfer);
    }
  }
}

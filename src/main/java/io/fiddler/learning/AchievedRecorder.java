package io.fiddler.learning;

import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.AchievedLog;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what placements achieve, from a thread of its own: once an interval, when one was
/// replaced, and at the end. What the database does not take now is written the next time, with
/// what was counted meanwhile. Close it after the engine and before the pool.
public final class AchievedRecorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AchievedRecorder.class);

  private final AchievedCounts counts;
  private final AchievedLog log;
  private final Supplier<String> replica;
  private final Duration interval;
  private final UUID run = UUID.randomUUID();
  private final Map<Long, Achieved> written = new HashMap<>();
  private final Thread thread;
  private volatile boolean closing;
  private boolean failing;

  private AchievedRecorder(
      AchievedCounts counts, AchievedLog log, Supplier<String> replica, Duration interval) {
    this.counts = counts;
    this.log = log;
    this.replica = replica;
    this.interval = interval;
    this.thread = Thread.ofPlatform().name("placement-achieved").daemon().unstarted(this::run);
  }

  /// Starts to write.
  ///
  /// @param replica name of this service process in the record
  /// @param interval between writes
  public static AchievedRecorder start(
      AchievedCounts counts, AchievedLog log, Supplier<String> replica, Duration interval) {
    AchievedRecorder recorder = new AchievedRecorder(counts, log, replica, interval);
    recorder.thread.start();
    return recorder;
  }

  /// Writes soon, without waiting for it: a version was replaced.
  public void wake() {
    LockSupport.unpark(thread);
  }

  /// Writes all that was counted before the call. Blocking.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  public synchronized void write() {
    Map<Long, Achieved> counted = counts.snapshot();
    long newest = counted.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    for (Map.Entry<Long, Achieved> each : counted.entrySet()) {
      long version = each.getKey();
      Achieved achieved = each.getValue();
      if (version != 0 && !achieved.equals(written.get(version))) {
        log.write(version, run, replica.get(), achieved);
        written.put(version, achieved);
      }
      if (version < newest) {
        // Replaced by a newer one, and none comes back.
        counts.forget(version, achieved);
        written.remove(version);
      }
    }
  }

  private void run() {
    while (!closing) {
      LockSupport.parkNanos(this, interval.toNanos());
      if (!closing) {
        attempt();
      }
    }
    // What was counted until the end, also while an attempt was under way.
    attempt();
  }

  private void attempt() {
    try {
      write();
      failing = false;
    } catch (StoreUnavailableException e) {
      if (!failing) {
        LOG.warn("What placements achieve cannot be written now: {}", e.getMessage());
      }
      failing = true;
    } catch (RuntimeException e) {
      LOG.error("What placements achieve could not be written", e);
    }
  }

  /// Writes the last; a second call does nothing.
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    wake();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

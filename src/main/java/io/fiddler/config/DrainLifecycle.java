package io.fiddler.config;

import io.fiddler.api.web.Draining;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Gives what runs its time when the service stops, before anything else does; readiness has
/// reported the stop by then. What still runs at the limit ends with the engine, and its clients
/// get an error.
final class DrainLifecycle implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(DrainLifecycle.class);

  private final Draining draining;
  private final Duration limit;
  private volatile boolean running;

  DrainLifecycle(Draining draining, Duration limit) {
    this.draining = draining;
    this.limit = limit;
  }

  @Override
  public void start() {
    running = true;
  }

  /// Waits itself instead of having Spring wait: the limit is its own.
  @Override
  public void stop() {
    running = false;
    int before = draining.running();
    if (before > 0) {
      LOG.info("Stopping: {} requests may end within {} s", before, limit.toMillis() / 1e3);
    }
    try {
      int left = draining.drain(limit);
      if (left > 0) {
        LOG.warn("{} requests are cut off (fiddler.shutdown.drain)", left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Higher ones stop first.
  @Override
  public int getPhase() {
    return EngineLifecycle.PHASE + 2;
  }

  /// The service does not take requests again once it has refused them.
  @Override
  public boolean isPauseable() {
    return false;
  }
}

package io.fiddler.config;

import io.fiddler.api.web.Draining;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives what runs its time when the service stops; readiness has reported the stop by then. What
/// still runs at the limit ends with the engine, and its clients get an error.
final class Drain implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final Draining draining;
  private final Duration limit;

  Drain(Draining draining, Duration limit) {
    this.draining = draining;
    this.limit = limit;
  }

  @Override
  public void run() {
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
}

package io.fiddler.ops.health;

import io.fiddler.usage.StoreMonitor;
import io.fiddler.usage.StoreStatus;
import io.fiddler.usage.StoreStatus.SpoolStatus;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// How recording goes. A database that is down is DEGRADED, not DOWN: it fails no request, so the
/// service stays in rotation, and what is lost in the worst case is counted here.
final class StoreHealth implements HealthIndicator {
  static final Status DEGRADED =
      new Status("DEGRADED", "requests are served, their records wait in memory or on disk");

  private final StoreMonitor store;

  StoreHealth(StoreMonitor store) {
    this.store = store;
  }

  @Override
  public Health health() {
    StoreStatus status = store.status();
    SpoolStatus spool = status.spool();
    boolean well = status.available() && !status.full() && spool.error() == null;
    Health.Builder health = well ? Health.up() : Health.status(DEGRADED);
    health
        .withDetail("available", status.available())
        .withDetail("bufferedRequests", status.bufferedRequests())
        .withDetail("droppedRequests", status.droppedRequests())
        .withDetail("refusedRequests", status.refusedRequests())
        .withDetail("droppedTraces", status.droppedTraces())
        .withDetail("full", status.full())
        .withDetail("spooledRequests", spool.requests())
        .withDetail("spoolBytes", spool.sizeBytes())
        .withDetail("spoolMaxBytes", spool.maxBytes())
        .withDetail("replayedRequests", spool.replayedRequests())
        .withDetail("lastBatch", status.lastBatch());
    addText(health, "lastError", status.lastError());
    addText(health, "spoolError", spool.error());
    return health.build();
  }

  private static void addText(Health.Builder health, String key, @Nullable String text) {
    if (text != null) {
      health.withDetail(key, text);
    }
  }
}

package io.fiddler.ops.health;

import io.fiddler.usage.StoreMonitor;
import io.fiddler.usage.StoreStatus;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// How recording goes. A database that is down is DEGRADED, not DOWN: it fails no request, so the
/// service stays in rotation, and what is lost in the worst case is counted here.
final class StoreHealth implements HealthIndicator {
  static final Status DEGRADED =
      new Status("DEGRADED", "requests are served, their records wait in memory");

  private final StoreMonitor store;

  StoreHealth(StoreMonitor store) {
    this.store = store;
  }

  @Override
  public Health health() {
    StoreStatus status = store.status();
    Health.Builder health = status.available() ? Health.up() : Health.status(DEGRADED);
    health
        .withDetail("available", status.available())
        .withDetail("bufferedRequests", status.bufferedRequests())
        .withDetail("droppedRequests", status.droppedRequests())
        .withDetail("lastBatch", status.lastBatch());
    if (status.lastError() != null) {
      health.withDetail("lastError", status.lastError());
    }
    return health.build();
  }
}

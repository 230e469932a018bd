package io.fiddler.ops.health;

import io.fiddler.usage.UpkeepMonitor;
import io.fiddler.usage.UpkeepStatus;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// How the database is looked after. A failure is DEGRADED: nothing is lost and no request fails,
/// only partitions grow old.
final class UpkeepHealth implements HealthIndicator {
  private final UpkeepMonitor upkeep;

  UpkeepHealth(UpkeepMonitor upkeep) {
    this.upkeep = upkeep;
  }

  @Override
  public Health health() {
    UpkeepStatus status = upkeep.status();
    Health.Builder health =
        status.lastError() == null ? Health.up() : Health.status(StoreHealth.DEGRADED.getCode());
    health.withDetail("rounds", status.rounds()).withDetail("failures", status.failures());
    if (status.lastRound() != null) {
      health.withDetail("lastRound", status.lastRound());
    }
    if (status.lastError() != null) {
      health.withDetail("lastError", status.lastError());
    }
    return health.build();
  }
}

package io.fiddler.ops.health;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// The device in use and its memory; unknown until the engine has chosen one.
final class DeviceHealth implements HealthIndicator {
  private final Engine engine;

  DeviceHealth(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Health health() {
    if (engine.status().state() != EngineState.READY) {
      return Health.unknown().build();
    }
    return Health.up().withDetails(DeviceDetails.of(engine)).build();
  }
}

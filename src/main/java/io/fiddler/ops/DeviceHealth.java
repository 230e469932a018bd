package io.fiddler.ops;

import io.fiddler.device.DeviceInfo;
import io.fiddler.engine.DeviceSummary;
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
    DeviceSummary device = engine.device();
    DeviceInfo info = device.info();
    return Health.up()
        .withDetail("kind", info.kind())
        .withDetail("name", info.name())
        .withDetail("reason", device.reason())
        .withDetail("memoryBytes", info.memoryBytes())
        .withDetail("usedBytes", device.usedBytes())
        .withDetail("expertCapacity", device.expertCapacity())
        .withDetail("residentExperts", engine.residency().size())
        .withDetail("kernels", device.kernels())
        .build();
  }
}

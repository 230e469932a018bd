package io.fiddler.ops.meter;

import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Says in the tags of a meter which device is in use, and which kernels the CPU computes with, so
/// that dashboards can tell replicas apart.
public final class DeviceMeter {
  private final Engine engine;
  private final MeterRegistry registry;

  /// Registers nothing yet: the device is chosen when the model is loaded.
  DeviceMeter(Engine engine, MeterRegistry registry) {
    this.engine = engine;
    this.registry = registry;
  }

  /// Registers the meter; to be called once the engine is ready.
  public void register() {
    DeviceSummary device = engine.device();
    Gauge.builder("fiddler.device", () -> 1)
        .tag("kind", device.info().kind())
        .tag("name", device.info().name())
        .tag("kernels", device.cpuKernels())
        .description("The device in use and the kernels of the CPU, always 1")
        .register(registry);
  }
}

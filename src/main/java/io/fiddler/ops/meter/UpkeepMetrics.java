package io.fiddler.ops.meter;

import io.fiddler.usage.UpkeepMonitor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/// How the database is looked after, in numbers.
final class UpkeepMetrics implements MeterBinder {
  private final UpkeepMonitor upkeep;

  UpkeepMetrics(UpkeepMonitor upkeep) {
    this.upkeep = upkeep;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder("fiddler.store.upkeep.rounds", upkeep, u -> u.status().rounds())
        .description("Rounds of the database's upkeep that went well")
        .register(registry);
    FunctionCounter.builder("fiddler.store.upkeep.failures", upkeep, u -> u.status().failures())
        .description("Rounds of the database's upkeep that failed and were tried again")
        .register(registry);
  }
}

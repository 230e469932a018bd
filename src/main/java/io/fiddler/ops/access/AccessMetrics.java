package io.fiddler.ops.access;

import io.fiddler.ops.Text;
import io.fiddler.usage.access.AccessCounters;
import io.fiddler.usage.access.AccessCounters.Refusal;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/// How often somebody was refused, and why.
final class AccessMetrics implements MeterBinder {
  private final AccessCounters counters;

  AccessMetrics(AccessCounters counters) {
    this.counters = counters;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Refusal refusal : Refusal.values()) {
      FunctionCounter.builder("fiddler.access.refused", counters, all -> all.of(refusal))
          .description("Requests refused for their key, its scopes or its limits")
          .tag("reason", Text.lower(refusal))
          .register(registry);
    }
  }
}

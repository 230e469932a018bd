package io.fiddler.ops.meter;

import io.fiddler.usage.StoreMonitor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/// How recording goes, in numbers.
final class StoreMetrics implements MeterBinder {
  private final StoreMonitor store;

  StoreMetrics(StoreMonitor store) {
    this.store = store;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("fiddler.store.available", store, s -> s.status().available() ? 1 : 0)
        .description("Whether the last attempt reached the database")
        .register(registry);
    Gauge.builder("fiddler.store.buffered", store, s -> s.status().bufferedRequests())
        .description("Request rows not yet committed")
        .register(registry);
    FunctionCounter.builder("fiddler.store.dropped", store, s -> s.status().droppedRequests())
        .description("Request rows given up because the buffer was full")
        .register(registry);
    FunctionCounter.builder("fiddler.store.batches", store, s -> s.status().lastBatch())
        .description("Batches committed")
        .register(registry);
  }
}

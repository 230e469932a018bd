package io.fiddler.ops.meter;

import io.fiddler.usage.StoreMonitor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
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
        .description("Request rows not yet committed, in memory and on disk")
        .register(registry);
    Gauge.builder("fiddler.store.full", store, s -> s.status().full() ? 1 : 0)
        .description("Whether a further request row would find no room")
        .register(registry);
    FunctionCounter.builder("fiddler.store.dropped", store, s -> s.status().droppedRequests())
        .description("Request rows given up: no room, or refused by the database")
        .register(registry);
    FunctionCounter.builder("fiddler.store.refused", store, s -> s.status().refusedRequests())
        .description("Requests answered with 503 because their rows would have found no room")
        .register(registry);
    FunctionCounter.builder("fiddler.store.traces.dropped", store, s -> s.status().droppedTraces())
        .description("Sampled traces given up")
        .register(registry);
    bindSpool(registry);
    FunctionCounter.builder("fiddler.store.batches", store, s -> s.status().lastBatch())
        .description("Batches committed")
        .register(registry);
  }

  private void bindSpool(MeterRegistry registry) {
    Gauge.builder("fiddler.store.spool.size", store, s -> s.status().spool().sizeBytes())
        .description("What waits on disk for the database")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
    Gauge.builder("fiddler.store.spooled", store, s -> s.status().spool().requests())
        .description("Request rows on disk, not yet committed")
        .register(registry);
    FunctionCounter.builder(
            "fiddler.store.replayed", store, s -> s.status().spool().replayedRequests())
        .description("Request rows written that processes before this one left on disk")
        .register(registry);
  }
}

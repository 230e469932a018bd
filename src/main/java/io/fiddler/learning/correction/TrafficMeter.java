package io.fiddler.learning.correction;

import io.fiddler.expert.ActivationCounters;
import io.fiddler.expert.ActivationSnapshot;

/// What was counted between two looks, over all tenants. Not thread-safe.
final class TrafficMeter {
  private final ActivationCounters counters;
  private ActivationSnapshot last;
  private long lastNanos;

  TrafficMeter(ActivationCounters counters, long nowNanos) {
    this.counters = counters;
    this.last = ActivationSnapshot.zero(counters.grid());
    this.lastNanos = nowNanos;
  }

  /// Since the last look.
  ///
  /// @param activations by phase and expert
  /// @param nanos how long that was
  record Counted(ActivationSnapshot activations, long nanos) {}

  Counted look(long nowNanos) {
    ActivationSnapshot now = ActivationSnapshot.sum(counters.grid(), counters.snapshot().values());
    Counted counted = new Counted(now.minus(last), nowNanos - lastNanos);
    last = now;
    lastNanos = nowNanos;
    return counted;
  }
}

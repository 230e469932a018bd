package io.fiddler.ops.meter;

import io.fiddler.learning.correction.CorrectionMonitor;
import io.fiddler.learning.correction.CorrectionStatus;
import io.fiddler.learning.drift.DriftStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Drift of the traffic and what correction does about it; not a number while unknown.
final class CorrectionMetrics implements MeterBinder {
  private final CorrectionMonitor correction;

  CorrectionMetrics(CorrectionMonitor correction) {
    this.correction = correction;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    drift("hit.rate.now", DriftStatus::hitRateNow)
        .description("Share of the latest assignments served by a resident expert")
        .register(registry);
    drift("hit.rate.forecast", DriftStatus::forecast)
        .description("Hit rate that the placement in force promises")
        .register(registry);
    drift("divergence", DriftStatus::divergence)
        .tag("over", "mean")
        .baseUnit("bits")
        .description("How far the layers' histograms are from the history behind the placement")
        .register(registry);
    drift("divergence", DriftStatus::maxDivergence)
        .tag("over", "max")
        .baseUnit("bits")
        .description("How far the layers' histograms are from the history behind the placement")
        .register(registry);
    drift("drifting", drift -> drift.drifting() ? 1 : 0)
        .description("Whether a threshold of drift is crossed")
        .register(registry);
    Gauge.builder("fiddler.placement.epoch", correction, live -> live.status().epoch())
        .description("Corrections under the version in force")
        .register(registry);
    counter("moves", CorrectionStatus::exchanges)
        .description("Experts brought to the device by correction")
        .register(registry);
    counter("copied", CorrectionStatus::copiedBytes)
        .baseUnit("bytes")
        .description("Bytes copied to the device by correction")
        .register(registry);
    counter("correction.failures", CorrectionStatus::failures)
        .description("Failed attempts of correction")
        .register(registry);
  }

  private Gauge.Builder<CorrectionMonitor> drift(
      String name, Function<DriftStatus, @Nullable Number> value) {
    return Gauge.builder(
        "fiddler.placement." + name,
        correction,
        live -> {
          Number now = value.apply(live.drift());
          return now == null ? Double.NaN : now.doubleValue();
        });
  }

  private FunctionCounter.Builder<CorrectionMonitor> counter(
      String name, Function<CorrectionStatus, Long> value) {
    return FunctionCounter.builder(
        "fiddler.placement." + name, correction, live -> value.apply(live.status()));
  }
}

package io.fiddler.ops.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.ops.FakeEngine;
import io.fiddler.ops.LatencyReports;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LatencyGaugesTest {
  private final FakeEngine engine = new FakeEngine();

  @Test
  void gauges_showPredictionsAndResiduals() {
    MeterRegistry registry = new SimpleMeterRegistry();
    new LatencyGauges(engine).bindTo(registry);
    assertThat(registry.get("fiddler.latency.expert").tag("lane", "host").gauge().value()).isNaN();

    engine.measured(LatencyReports.example());

    assertThat(
            registry
                .get("fiddler.latency.expert")
                .tag("lane", "host")
                .timeGauge()
                .value(TimeUnit.MILLISECONDS))
        .isEqualTo(4, within(1e-9));
    assertThat(residual(registry, "host")).isEqualTo((3 * 1.0 + 1.4) / 4, within(1e-9));
    assertThat(residual(registry, "copy")).isNaN();
  }

  private static double residual(MeterRegistry registry, String lane) {
    return registry.get("fiddler.latency.residual").tag("lane", lane).gauge().value();
  }
}

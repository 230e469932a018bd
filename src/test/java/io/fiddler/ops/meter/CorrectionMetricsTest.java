package io.fiddler.ops.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.ops.FakeMonitor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

final class CorrectionMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FakeMonitor monitor = new FakeMonitor();

  @Test
  void driftAndMoves_areShown() {
    new CorrectionMetrics(monitor).bindTo(registry);
    assertThat(gauge("fiddler.placement.hit.rate.now")).isNaN();
    assertThat(gauge("fiddler.placement.drifting")).isZero();

    monitor.drifts();

    assertThat(gauge("fiddler.placement.hit.rate.now")).isEqualTo(0.3);
    assertThat(gauge("fiddler.placement.hit.rate.forecast")).isEqualTo(0.5);
    assertThat(gauge("fiddler.placement.drifting")).isOne();
    assertThat(registry.get("fiddler.placement.divergence").tag("over", "max").gauge().value())
        .isEqualTo(0.25);
    assertThat(registry.get("fiddler.placement.moves").functionCounter().count()).isEqualTo(7);
    assertThat(registry.get("fiddler.placement.copied").functionCounter().count()).isEqualTo(7_000);
    assertThat(registry.get("fiddler.placement.correction.failures").functionCounter().count())
        .isOne();
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }
}

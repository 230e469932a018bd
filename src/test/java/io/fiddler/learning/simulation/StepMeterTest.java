package io.fiddler.learning.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.TouchedExperts;
import io.fiddler.engine.timeline.LaneUsage;
import io.fiddler.learning.simulation.StepMeter.Totals;
import io.fiddler.placement.simulation.StepRest.Point;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StepMeterTest {
  private static final Instant NOW = Instant.parse("2026-05-01T00:00:00Z");

  private final StepMeter meter = new StepMeter(Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void rest_isTheStepWithoutItsExperts_inTheMedianOfEachClassOfRows() {
    recorded(1, 1_000, 400);
    recorded(1, 90_000, 400);
    recorded(1, 1_100, 400);
    recorded(3, 2_000, 500);
    recorded(4, 2_500, 500);
    recorded(100, 9_000, 9_500); // lanes end a little after the step at times

    assertThat(meter.rest().points())
        .containsExactly(new Point(1, 700), new Point(3.5, 2_000), new Point(100, 0));
  }

  @Test
  void rest_isOfTheLatestSteps() {
    recorded(1, 1_000_000, 0);
    for (int i = 0; i < 256; i++) {
      recorded(1, 1_000, 0);
    }

    assertThat(meter.rest().points()).containsExactly(new Point(1, 1_000));
  }

  @Test
  void totals_beginAnew_withAnotherPlacement() {
    step(0, 30, 5_000, 1);
    step(2, 0, 1_000, 1);
    step(4, 10, 2_000, 1);

    Totals first = meter.sincePlacement().orElseThrow();
    assertThat(first).isEqualTo(new Totals(1, NOW, 2, 6, 3_000, 30, 5_000));
    assertThat(first.tokensPerSecond()).isCloseTo(2e6, within(1e-3));
    assertThat(first.promptTokensPerSecond()).isCloseTo(6e6, within(1e-3));
    assertThat(first.concurrency()).isEqualTo(3);
    assertThat(meter.typicalTokensPerSecond()).isCloseTo(2e6, within(1e-3));

    step(0, 7, 1_000, 2);
    Totals second = meter.sincePlacement().orElseThrow();
    assertThat(second).isEqualTo(new Totals(2, NOW, 0, 0, 0, 7, 1_000));
    assertThat(second.tokensPerSecond()).isNull();
    assertThat(second.concurrency()).isEqualTo(1);
    assertThat(meter.typicalTokensPerSecond()).isNull();
  }

  @Test
  void nothingIsKnown_beforeTheFirstStep() {
    assertThat(meter.sincePlacement()).isEmpty();
    assertThat(meter.rest().points()).isEmpty();
  }

  private void recorded(int rows, long stepNanos, long expertNanos) {
    meter.onTimeline(
        new TimelineReport(0, rows, stepNanos, new LaneUsage(Map.of(), 0, 0), expertNanos));
  }

  private void step(int decodeRows, int prefillRows, long nanos, long version) {
    meter.onStep(
        new StepReport(
            prefillRows,
            decodeRows,
            AssignmentCounts.NONE,
            AssignmentCounts.NONE,
            new TouchedExperts(0, 0),
            0,
            0,
            nanos,
            0,
            StepReport.Scheduling.of(decodeRows, 0),
            version));
  }
}

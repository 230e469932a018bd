package io.fiddler.engine.latency;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.dispatch.CostLane;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.ExpertLoad;
import io.fiddler.dispatch.FixedDispatcher;
import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.engine.LatencyReport;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.engine.timeline.LaneWork;
import io.fiddler.engine.timeline.LaneWork.Part;
import io.fiddler.engine.timeline.RecordedStep;
import io.fiddler.engine.timeline.TimelineLane;
import io.fiddler.expert.Way;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LiveLatencyTest {
  private static final int SLICES = 10;

  private static final MeasuredLatency MEASURED =
      new MeasuredLatency(
          new LatencyModel(
              new LatencyCurve(List.of(new Point(1, 1000))),
              new LatencyCurve(List.of(new Point(1, 1))),
              1000),
          Instant.EPOCH,
          1,
          1,
          "in a test");

  @Test
  void plan_movesToTheCopyEngine_whenTheHostTurnsOutSlower() {
    LiveLatency latency = LiveLatency.following(MEASURED, false);
    int before = hostSlices(latency);
    for (int i = 0; i < 20; i++) {
      latency.observe(hostStep(10, 2000));
    }
    assertThat(before).isEqualTo(5);
    assertThat(hostSlices(latency)).isLessThan(before);
    LatencyReport report = latency.report().orElseThrow();
    assertThat(report.inForce().hostNanos().at(1)).isGreaterThan(1500);
    assertThat(report.measured()).isEqualTo(MEASURED.model());
    assertThat(report.corrections()).isNotEmpty();
    assertThat(report.residuals()).extracting("lane").containsOnly(CostLane.HOST);
  }

  @Test
  void plan_staysTheSame_whenItIsFrozen_butResidualsAreKept() {
    LiveLatency latency = LiveLatency.frozen(MEASURED, true, SLICES);
    int before = hostSlices(latency);
    for (int i = 0; i < 20; i++) {
      latency.observe(hostStep(10, 2000));
    }
    assertThat(hostSlices(latency)).isEqualTo(before);
    LatencyReport report = latency.report().orElseThrow();
    assertThat(report.frozen()).isTrue();
    assertThat(report.stored()).isTrue();
    assertThat(report.inForce()).isEqualTo(MEASURED.model());
    assertThat(report.corrections()).isEmpty();
    assertThat(report.residuals().getFirst().meanRatio()).isEqualTo(2);
  }

  @Test
  void switchedOffWays_stayOff_whenTheModelIsCorrected() {
    LiveLatency latency =
        LiveLatency.following(MEASURED, false).without(EnumSet.of(Way.STREAMED, Way.SPLIT));
    for (int i = 0; i < 20; i++) {
      assertThat(hostSlices(latency)).isEqualTo(SLICES);
      latency.observe(hostStep(10, 2000));
    }
  }

  @Test
  void fixedDispatcher_hasNoModel() {
    LiveLatency latency = LiveLatency.fixed(FixedDispatcher.STREAM);
    latency.observe(hostStep(10, 2000));
    assertThat(hostSlices(latency)).isZero();
    assertThat(latency.model()).isEmpty();
    assertThat(latency.report()).isEmpty();
  }

  @Test
  void workThatIsNoExperts_teachesNothing() {
    LiveLatency latency = LiveLatency.following(MEASURED, false);
    LaneInterval attention =
        new LaneInterval(TimelineLane.COMPUTE, LaneWork.of("attention", 0, 1), 0, 50);
    latency.observe(new RecordedStep(0, 1, 0, 100, List.of(attention)));
    assertThat(latency.report().orElseThrow().residuals()).isEmpty();
  }

  private static int hostSlices(LiveLatency latency) {
    List<ExpertDecision> plan = latency.plan(List.of(new ExpertLoad(0, 1, false)), SLICES);
    return plan.getFirst().hostSlices();
  }

  /// A step in which the host computed whole experts of one row.
  private static RecordedStep hostStep(int experts, long nanosEach) {
    List<LaneInterval> intervals = new ArrayList<>();
    for (int i = 0; i < experts; i++) {
      LaneWork work = LaneWork.of("compute", i, new Part(0, 1, 0, SLICES, SLICES), 1_000, "host");
      intervals.add(new LaneInterval(TimelineLane.HOST, work, i * nanosEach, (i + 1) * nanosEach));
    }
    return new RecordedStep(0, 1, 0, experts * nanosEach, intervals);
  }
}

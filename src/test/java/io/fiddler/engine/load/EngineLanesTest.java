package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fiddler.dispatch.CostLane;
import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.Residual;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.LaneOptions;
import io.fiddler.engine.LatencyReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.engine.timeline.TimelineLane;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an engine tells about its lanes.
class EngineLanesTest {
  private static final int[] PROMPT = {5, 9, 200, 31, 77, 1012};
  private static final int TOKENS = 12;
  private static final int NUM_LAYERS = 6;

  @TempDir private Path home;

  @Test
  void latencyModel_isMeasuredWithEveryNumberOfRows_andThenStored() {
    LatencyReport measured = latency(new LaneOptions(false, 1), DispatchMode.AUTO);
    assertThat(measured.stored()).isFalse();
    LatencyModel model = measured.measured();
    assertThat(model.copyNanos()).isPositive();
    assertThat(model.hostNanos().points())
        .extracting(Point::rows)
        .containsExactly(1, 2, 4, 8, 16, 32, 64);
    assertThat(model.deviceNanos().points())
        .extracting(Point::rows)
        .containsExactly(1, 2, 4, 8, 16, 32, 64);
    assertThat(model.hostNanos().points())
        .extracting(Point::nanos)
        .isSorted()
        .first()
        .isNotEqualTo(0.0);

    LatencyReport stored = latency(new LaneOptions(false, 1), DispatchMode.AUTO);
    assertThat(stored.stored()).isTrue();
    assertThat(stored.measured()).isEqualTo(model);
    assertThat(stored.measuredAt()).isEqualTo(measured.measuredAt());
  }

  @Test
  void liveTimings_areComparedWithPredictions_andCorrectThem() {
    try (Engine engine = load(new LaneOptions(false, 1), DispatchMode.AUTO, new Reports())) {
      generate(engine);
      LatencyReport report = engine.latency().orElseThrow();
      assertThat(report.frozen()).isFalse();
      assertThat(report.residuals())
          .isNotEmpty()
          .allSatisfy(residual -> {
            assertThat(residual.count()).isPositive();
            assertThat(residual.meanRatio()).isPositive();
            assertThat(residual.p90Ratio()).isPositive();
          });
      assertThat(report.residuals()).extracting(Residual::lane).contains(CostLane.DEVICE);
      assertThat(report.corrections()).isNotEmpty();
    }
  }

  @Test
  void reproducibleEngine_leavesTheModelAsItIs() {
    try (Engine engine = load(new LaneOptions(true, 1), DispatchMode.AUTO, new Reports())) {
      generate(engine);
      LatencyReport report = engine.latency().orElseThrow();
      assertThat(report.frozen()).isTrue();
      assertThat(report.inForce()).isEqualTo(report.measured());
      assertThat(report.residuals()).isNotEmpty();
    }
  }

  @Test
  void noModel_isThere_whenTheWayIsFixed() {
    try (Engine engine = load(LaneOptions.DEFAULT, DispatchMode.SPLIT, new Reports())) {
      assertThat(engine.latency()).isEmpty();
    }
  }

  @Test
  void everySampledStep_isReported() {
    Reports reports = new Reports();
    try (Engine engine = load(new LaneOptions(false, 4), DispatchMode.SPLIT, reports)) {
      generate(engine);
    }
    // 12 tokens take 12 steps: the prompt's gives the first.
    assertThat(reports.timelines).hasSize(TOKENS / 4);
    assertThat(reports.timelines)
        .allSatisfy(report -> {
          assertThat(report.rows()).isEqualTo(1);
          for (TimelineLane lane :
              List.of(TimelineLane.HOST, TimelineLane.COPY, TimelineLane.COMPUTE)) {
            assertThat(report.usage().busyNanos(lane)).as("%s", lane).isPositive();
          }
          assertThat(report.usage().busyNanos(TimelineLane.HOST))
              .isLessThanOrEqualTo(report.stepNanos());
        });
  }

  @Test
  void trace_showsEveryLayerOnEveryLane() throws Exception {
    try (Engine engine = load(new LaneOptions(false, 1000), DispatchMode.SPLIT, new Reports())) {
      CompletableFuture<List<LaneInterval>> trace = engine.trace(2);
      generate(engine);
      List<LaneInterval> intervals = trace.get(60, TimeUnit.SECONDS);
      for (TimelineLane lane :
          List.of(TimelineLane.HOST, TimelineLane.COPY, TimelineLane.COMPUTE)) {
        assertThat(intervals.stream().filter(interval -> interval.lane() == lane))
            .as("%s", lane)
            .extracting(interval -> interval.work().layer())
            .contains(0, 1, NUM_LAYERS - 1);
      }
      assertThat(intervals)
          .filteredOn(interval -> interval.lane() == TimelineLane.COPY)
          .allSatisfy(copy -> {
            assertThat(copy.work().bytes()).isPositive();
            assertThat(copy.work().way()).isEqualTo("split");
            assertThat(copy.work().parts()).hasSize(1);
          });
      assertThat(intervals)
          .extracting(interval -> interval.work().title())
          .contains(
              "step of 6 prompt and 0 decode rows",
              "step of 0 prompt and 1 decode rows",
              "attention layer 3",
              "combine layer 3",
              "head");
    }
  }

  @Test
  void trace_isRefused_whenRecordingIsOff() {
    try (Engine engine = load(new LaneOptions(false, 0), DispatchMode.SPLIT, new Reports())) {
      assertThatIllegalStateException().isThrownBy(() -> engine.trace(1));
    }
  }

  private LatencyReport latency(LaneOptions lanes, DispatchMode dispatch) {
    try (Engine engine = load(lanes, dispatch, new Reports())) {
      return engine.latency().orElseThrow();
    }
  }

  private Engine load(LaneOptions lanes, DispatchMode dispatch, EngineListener listener) {
    EngineOptions options = Engines.options("tiny-moe", Kind.EMULATED, 12, dispatch);
    return Engines.load(
        new EngineOptions(
            options.modelPath(),
            home,
            options.device(),
            options.host(),
            options.limits(),
            dispatch,
            lanes),
        listener);
  }

  private static void generate(Engine engine) {
    CollectingListener listener = new CollectingListener();
    engine.submit(Engines.greedy(PROMPT, TOKENS), listener);
    listener.awaitReport();
  }

  private static final class Reports implements EngineListener {
    final List<TimelineReport> timelines = new CopyOnWriteArrayList<>();

    @Override
    public void onTimeline(TimelineReport report) {
      timelines.add(report);
    }
  }
}

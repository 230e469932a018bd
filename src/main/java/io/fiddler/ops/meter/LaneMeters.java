package io.fiddler.ops.meter;

import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.timeline.TimelineLane;
import io.fiddler.ops.Text;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How busy the lanes are, in the steps that are sampled.
final class LaneMeters {
  private final Map<TimelineLane, Timer> busy = new EnumMap<>(TimelineLane.class);
  private final Map<TimelineLane, Timer> busyPerRow = new EnumMap<>(TimelineLane.class);
  private final Timer sampled;
  private final DistributionSummary overlap;

  LaneMeters(MeterRegistry registry) {
    for (TimelineLane lane : TimelineLane.values()) {
      if (lane != TimelineLane.STEP) {
        busy.put(
            lane, timer(registry, "fiddler.lane.busy", lane, "Busy time of a lane a sampled step"));
        busyPerRow.put(
            lane,
            timer(
                registry,
                "fiddler.lane.busy.token",
                lane,
                "Busy time of a lane for each token of a sampled step"));
      }
    }
    sampled =
        Timer.builder("fiddler.lane.step")
            .description("Duration of the steps whose lanes were sampled")
            .register(registry);
    overlap =
        DistributionSummary.builder("fiddler.lane.overlap")
            .description("Share of the time any lane was busy in which two or more were")
            .maximumExpectedValue(1.0)
            .register(registry);
  }

  void record(TimelineReport report) {
    sampled.record(report.stepNanos(), TimeUnit.NANOSECONDS);
    overlap.record(report.usage().overlapShare());
    busy.forEach(
        (lane, timer) -> timer.record(report.usage().busyNanos(lane), TimeUnit.NANOSECONDS));
    busyPerRow.forEach((lane, timer) ->
        timer.record(
            report.usage().busyNanos(lane) / Math.max(1, report.rows()), TimeUnit.NANOSECONDS));
  }

  private static Timer timer(
      MeterRegistry registry, String name, TimelineLane lane, String description) {
    return Timer.builder(name)
        .tag("lane", Text.lower(lane))
        .description(description)
        .register(registry);
  }
}

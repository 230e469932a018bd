package io.fiddler.bench.measure;

import io.fiddler.bench.report.ScenarioReport.LaneReport;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.timeline.TimelineLane;
import java.util.List;
import java.util.Objects;

/// Busy time of the lanes over some steps: the one place that knows where the engine reports it.
/// The CPU's is known of every step, the others' of steps whose timeline was recorded.
final class LaneTimes {
  private LaneTimes() {}

  /// Of these steps together.
  ///
  /// @param per how many rounds, or steps, they are: the result is for one
  static LaneReport of(List<TimedStep> steps, double per) {
    long host = steps.stream().map(TimedStep::report).mapToLong(StepReport::hostNanos).sum();
    List<TimelineReport> recorded =
        steps.stream().map(TimedStep::timeline).filter(Objects::nonNull).toList();
    if (recorded.isEmpty()) {
      return new LaneReport(host / per / 1e9, null, null, null);
    }
    double stepsEach = steps.size() / per;
    return new LaneReport(
        host / per / 1e9,
        stepsEach * mean(recorded, TimelineLane.COPY),
        stepsEach * mean(recorded, TimelineLane.COMPUTE),
        recorded.stream().mapToDouble(r -> r.usage().overlapShare()).average().orElse(0));
  }

  private static double mean(List<TimelineReport> recorded, TimelineLane lane) {
    return recorded.stream().mapToLong(r -> r.usage().busyNanos(lane)).average().orElse(0) / 1e9;
  }
}

package io.fiddler.bench.measure;

import io.fiddler.bench.report.ScenarioReport.LaneReport;
import io.fiddler.engine.StepReport;
import java.util.List;

/// Busy time of the lanes over some steps: the one place that knows where the engine reports it.
final class LaneTimes {
  private LaneTimes() {}

  /// Of these steps together.
  ///
  /// @param per how many things `steps` are told of: the result is for one
  static LaneReport of(List<TimedStep> steps, double per) {
    long host =
        steps.stream().map(TimedStep::report).mapToLong(StepReport::hostNanos).sum();
    return new LaneReport(host / per / 1e9, null, null);
  }
}

package io.fiddler.bench.measure;

import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import org.jspecify.annotations.Nullable;

/// A step and when it was reported, on the clock of {@link System#nanoTime}.
///
/// @param report what it did
/// @param timeline what its lanes did, if that was recorded
/// @param endNanos when it was done
record TimedStep(StepReport report, @Nullable TimelineReport timeline, long endNanos) {
  boolean isPrefill() {
    return report.prefillRows() > 0;
  }

  TimedStep with(TimelineReport recorded) {
    return new TimedStep(report, recorded, endNanos);
  }
}

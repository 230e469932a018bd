package io.fiddler.bench.measure;

import io.fiddler.engine.StepReport;

/// A step and when it was reported, on the clock of {@link System#nanoTime}.
///
/// @param report what it did
/// @param endNanos when it was done
record TimedStep(StepReport report, long endNanos) {
  boolean isPrefill() {
    return report.prefillRows() > 0;
  }
}

package io.fiddler.bench.measure;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TouchedExperts;
import java.util.List;

/// What some steps did together.
///
/// @param steps how many
/// @param rows rows in them
/// @param assignments of all rows
/// @param touched experts needed
/// @param streamedBytes copied to the device
record StepTotals(
    int steps,
    long rows,
    AssignmentCounts assignments,
    TouchedExperts touched,
    long streamedBytes) {
  static StepTotals of(List<TimedStep> steps) {
    long rows = 0;
    long streamed = 0;
    AssignmentCounts assignments = AssignmentCounts.NONE;
    TouchedExperts touched = TouchedExperts.NONE;
    for (TimedStep step : steps) {
      StepReport report = step.report();
      rows += report.prefillRows() + report.decodeRows();
      streamed += report.streamedBytes();
      assignments = assignments.plus(report.prefillAssignments()).plus(report.decodeAssignments());
      touched = touched.plus(report.touched());
    }
    return new StepTotals(steps.size(), rows, assignments, touched, streamed);
  }

  /// Tokens that an expert which was not resident had, on average; 0 if there was none.
  double rowsPerMissed() {
    long missed = assignments.total() - assignments.resident();
    return touched.missed() == 0 ? 0 : (double) missed / touched.missed();
  }

  /// Tokens that a resident expert had, on average; 0 if there was none.
  double rowsPerResident() {
    return touched.resident() == 0 ? 0 : (double) assignments.resident() / touched.resident();
  }
}

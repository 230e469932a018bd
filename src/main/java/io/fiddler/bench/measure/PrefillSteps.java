package io.fiddler.bench.measure;

import io.fiddler.bench.measure.LimitProbe.DensePass;
import java.util.ArrayList;
import java.util.List;

/// The steps of a round that read prompts.
///
/// @param steps in order
/// @param seconds from submission to the end of the last
record PrefillSteps(List<TimedStep> steps, double seconds) {
  static PrefillSteps of(Round round) {
    List<TimedStep> steps = round.steps().stream().filter(TimedStep::isPrefill).toList();
    double seconds = steps.isEmpty() ? 0 : (steps.getLast().endNanos() - round.startNanos()) / 1e9;
    return new PrefillSteps(steps, seconds);
  }

  /// Prompt tokens read.
  long rows() {
    return steps.stream().mapToLong(step -> step.report().prefillRows()).sum();
  }

  /// The forward passes of one prompt, chunk by chunk.
  List<DensePass> passes() {
    List<DensePass> passes = new ArrayList<>();
    int context = 0;
    for (TimedStep step : steps) {
      int rows = step.report().prefillRows();
      context += rows;
      passes.add(new DensePass(1, rows, context));
    }
    return passes;
  }
}

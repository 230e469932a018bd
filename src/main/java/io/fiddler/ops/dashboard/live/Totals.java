package io.fiddler.ops.dashboard.live;

import org.jspecify.annotations.Nullable;

/// What the engine has done up to a moment; the difference of two is what it did in between.
///
/// @param nanos the moment, of [System#nanoTime]
/// @param hits assignments served by a resident expert
/// @param assignments all of them
/// @param promptTokens rows of prompts
/// @param decodedTokens rows of generated tokens
/// @param steps steps
/// @param stepNanos their time
/// @param hostNanos busy time of the host lane in them
/// @param sampledNanos time of the steps whose lanes were recorded
/// @param computeNanos busy time of the device in those
/// @param copyNanos busy time of the copy engine in those
record Totals(
    long nanos,
    long hits,
    long assignments,
    long promptTokens,
    long decodedTokens,
    long steps,
    long stepNanos,
    long hostNanos,
    long sampledNanos,
    long computeNanos,
    long copyNanos) {

  /// What was done since `earlier`, and how long that took.
  Totals minus(Totals earlier) {
    return new Totals(
        nanos - earlier.nanos,
        hits - earlier.hits,
        assignments - earlier.assignments,
        promptTokens - earlier.promptTokens,
        decodedTokens - earlier.decodedTokens,
        steps - earlier.steps,
        stepNanos - earlier.stepNanos,
        hostNanos - earlier.hostNanos,
        sampledNanos - earlier.sampledNanos,
        computeNanos - earlier.computeNanos,
        copyNanos - earlier.copyNanos);
  }

  /// Share of the assignments served by a resident expert; null without assignments.
  @Nullable Double hitRate() {
    return assignments == 0 ? null : Double.valueOf((double) hits / assignments);
  }

  /// So many of something as a rate.
  double perSecond(long count) {
    return nanos <= 0 ? 0 : count * 1e9 / nanos;
  }

  /// Mean time of a step; null without steps.
  @Nullable Double stepMillis() {
    return steps == 0 ? null : Double.valueOf(stepNanos / 1e6 / steps);
  }
}

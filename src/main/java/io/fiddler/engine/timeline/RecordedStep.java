package io.fiddler.engine.timeline;

import java.util.List;

/// A step that was recorded.
///
/// @param prefillRows prompt tokens it read
/// @param decodeRows tokens it decoded
/// @param startNanos when it began, on the clock of {@link System#nanoTime}
/// @param endNanos when it ended
/// @param intervals what its lanes did
public record RecordedStep(
    int prefillRows, int decodeRows, long startNanos, long endNanos, List<LaneInterval> intervals) {
  public RecordedStep {
    intervals = List.copyOf(intervals);
  }

  /// How long it took.
  public long nanos() {
    return endNanos - startNanos;
  }
}

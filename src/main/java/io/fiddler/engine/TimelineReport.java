package io.fiddler.engine;

import io.fiddler.engine.timeline.LaneUsage;

/// How the lanes were used in one of the steps that are sampled.
///
/// @param prefillRows prompt tokens read
/// @param decodeRows tokens decoded
/// @param stepNanos how long the step took
/// @param usage how long each lane was busy, and how long together
/// @param expertNanos how long at least one was busy with an expert; the rest of the step is
///   attention, routing, the head, and what joins them
public record TimelineReport(
    int prefillRows, int decodeRows, long stepNanos, LaneUsage usage, long expertNanos) {
  /// Rows of the step.
  public int rows() {
    return prefillRows + decodeRows;
  }
}

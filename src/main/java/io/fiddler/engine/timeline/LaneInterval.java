package io.fiddler.engine.timeline;

/// When a lane was busy with something, on the clock of {@link System#nanoTime}.
///
/// @param lane which lane
/// @param work with what
/// @param startNanos since when
/// @param endNanos until when, not before the start
public record LaneInterval(TimelineLane lane, LaneWork work, long startNanos, long endNanos) {
  public LaneInterval {
    if (endNanos - startNanos < 0) {
      throw new IllegalArgumentException(
          "an interval must not end before it starts, got %d ns for %s on %s"
              .formatted(endNanos - startNanos, work.title(), lane));
    }
  }

  /// How long.
  public long nanos() {
    return endNanos - startNanos;
  }
}

package io.fiddler.engine.timeline;

import io.fiddler.device.Event;
import java.util.ArrayList;
import java.util.List;

/// The timeline of one step while it is recorded. Used from the step thread.
final class StepTimeline implements LaneRecorder {
  private final List<LaneInterval> intervals = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>();

  /// Work whose times its lane still has to tell.
  private record Pending(TimelineLane lane, LaneWork work, Event start, Event end) {}

  @Override
  public boolean isOn() {
    return true;
  }

  @Override
  public void interval(TimelineLane lane, LaneWork work, long startNanos, long endNanos) {
    intervals.add(new LaneInterval(lane, work, startNanos, endNanos));
  }

  @Override
  public void interval(TimelineLane lane, LaneWork work, Event start, Event end) {
    pending.add(new Pending(lane, work, start, end));
  }

  /// What was noted, in the order of noting but for work timed by events, which comes last.
  ///
  /// The step has waited for its results, so events are done; work that ran ahead for a later step
  /// and is not done yet is left out rather than waited for.
  List<LaneInterval> finish() {
    for (Pending work : pending) {
      if (work.start().isDone() && work.end().isDone()) {
        long start = work.start().doneNanos();
        // Two clocks may disagree by less than the work takes.
        long end = Math.max(start, work.end().doneNanos());
        intervals.add(new LaneInterval(work.lane(), work.work(), start, end));
      }
    }
    pending.clear();
    return List.copyOf(intervals);
  }
}

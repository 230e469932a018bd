package io.fiddler.engine.timeline;

import io.fiddler.device.Event;

/// Where lanes note what they do. Used from the step thread. Whoever records asks {@link #isOn}
/// first and builds nothing if it is not: then a step pays one call a layer.
public interface LaneRecorder {
  /// Notes nothing.
  LaneRecorder OFF =
      new LaneRecorder() {
        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public void interval(TimelineLane lane, LaneWork work, long startNanos, long endNanos) {}

        @Override
        public void interval(TimelineLane lane, LaneWork work, Event start, Event end) {}
      };

  /// Whether this step is recorded.
  boolean isOn();

  /// Notes work whose times are known.
  void interval(TimelineLane lane, LaneWork work, long startNanos, long endNanos);

  /// Notes work between two events of a lane, whose times are asked for when the step is over.
  void interval(TimelineLane lane, LaneWork work, Event start, Event end);
}

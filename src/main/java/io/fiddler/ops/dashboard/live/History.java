package io.fiddler.ops.dashboard.live;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The latest points of the curves. Thread-safe.
final class History {
  private final int capacity;
  private final Deque<Point> points = new ArrayDeque<>();

  /// @param capacity most points; the oldest give way
  History(int capacity) {
    this.capacity = capacity;
  }

  /// Adds a point.
  synchronized void add(Point point) {
    if (points.size() == capacity) {
      points.removeFirst();
    }
    points.addLast(point);
  }

  /// All points, oldest first.
  synchronized List<Point> points() {
    return List.copyOf(points);
  }
}

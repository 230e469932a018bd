package io.fiddler.dispatch;

import java.util.List;

/// Nanoseconds by number of rows: constant before the first measured point, linear between points,
/// proportional beyond the last.
///
/// @param points at least one, in order of rows
public record LatencyCurve(List<Point> points) {
  /// One measurement.
  ///
  /// @param rows number of rows, at least one
  /// @param nanos median time
  public record Point(int rows, double nanos) {}

  public LatencyCurve {
    points = List.copyOf(points);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a latency curve needs at least one point");
    }
  }

  /// Predicted nanoseconds for `rows` rows.
  public double at(int rows) {
    Point first = points.getFirst();
    if (rows <= first.rows()) {
      return first.nanos();
    }
    for (int i = 1; i < points.size(); i++) {
      Point left = points.get(i - 1);
      Point right = points.get(i);
      if (rows <= right.rows()) {
        double share = (double) (rows - left.rows()) / (right.rows() - left.rows());
        return left.nanos() + share * (right.nanos() - left.nanos());
      }
    }
    Point last = points.getLast();
    return last.nanos() * rows / last.rows();
  }
}

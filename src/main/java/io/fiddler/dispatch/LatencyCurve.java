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
  public record Point(int rows, double nanos) {
    public Point {
      if (rows < 1 || !(nanos >= 0) || nanos == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "a latency point needs at least 1 row and a finite time of at least 0 ns, got %d rows"
                    .formatted(rows)
                + " and %s ns".formatted(nanos));
      }
    }
  }

  public LatencyCurve {
    points = List.copyOf(points);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a latency curve needs at least one point");
    }
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).rows() <= points.get(i - 1).rows()) {
        throw new IllegalArgumentException(
            "a latency curve's points must be in order of rows, each once, got %d after %d"
                .formatted(points.get(i).rows(), points.get(i - 1).rows()));
      }
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

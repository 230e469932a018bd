package io.fiddler.placement.simulation;

import java.util.List;

/// What a step takes beside its experts, in nanoseconds by its rows: embedding, attention, routing,
/// the head, and what joins the lanes. Constant below the first point, linear between points, and
/// beyond the last as steep as before it: such work is mostly reading weights until arithmetic
/// takes over, so from a single point nothing is concluded for more rows.
///
/// @param points in order of rows; none for a rest that takes no time
public record StepRest(List<Point> points) {
  /// One measurement.
  ///
  /// @param rows rows of the step, above zero
  /// @param nanos what is left of it without the time in which an expert was computed or copied
  public record Point(double rows, double nanos) {
    public Point {
      if (!(rows > 0) || !(nanos >= 0) || nanos == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "the rest of a step needs rows above 0 and a finite time of at least 0 ns, got %s and %s"
                .formatted(rows, nanos));
      }
    }
  }

  public StepRest {
    points = List.copyOf(points);
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).rows() <= points.get(i - 1).rows()) {
        throw new IllegalArgumentException(
            "points must be in order of rows, each once, got %s after %s"
                .formatted(points.get(i).rows(), points.get(i - 1).rows()));
      }
    }
  }

  /// Nothing beside the experts takes time.
  public static StepRest none() {
    return new StepRest(List.of());
  }

  /// Nanoseconds of a step of `rows` rows.
  public double at(int rows) {
    if (points.isEmpty()) {
      return 0;
    }
    if (points.size() == 1 || rows <= points.getFirst().rows()) {
      return points.getFirst().nanos();
    }
    int right = 1;
    while (right < points.size() - 1 && rows > points.get(right).rows()) {
      right++;
    }
    Point from = points.get(right - 1);
    Point to = points.get(right);
    double slope = (to.nanos() - from.nanos()) / (to.rows() - from.rows());
    if (rows > to.rows()) {
      return to.nanos() + Math.max(0, slope) * (rows - to.rows());
    }
    return from.nanos() + slope * (rows - from.rows());
  }
}

package io.fiddler.placement.correction;

/// Assignments a second, over some minutes.
final class AssignmentRate {
  private static final double HALF_LIFE_NANOS = 300e9;

  private double assignments;
  private double nanos;

  void add(long counted, long elapsedNanos) {
    double keep = Math.pow(0.5, elapsedNanos / HALF_LIFE_NANOS);
    assignments = assignments * keep + counted;
    nanos = nanos * keep + elapsedNanos;
  }

  double perSecond() {
    return nanos == 0 ? 0 : assignments / nanos * 1e9;
  }
}

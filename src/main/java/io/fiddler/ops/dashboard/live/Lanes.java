package io.fiddler.ops.dashboard.live;

/// Share of a stretch of time in which each lane was busy, in [0, 1].
///
/// @param compute the device's kernels
/// @param copy the copy engine
/// @param host the CPU's experts
/// @param step steps ran, whatever lane worked
record Lanes(double compute, double copy, double host, double step) {
  /// Over `stretch`. The host's time is reported with each step; the device's and the copies' are
  /// recorded in some steps only, so they are taken to be as busy in the others.
  ///
  /// @param sampled a longer stretch that has recorded steps in it
  static Lanes of(Totals stretch, Totals sampled) {
    double step = share(stretch.stepNanos(), stretch.nanos());
    return new Lanes(
        step * share(sampled.computeNanos(), sampled.sampledNanos()),
        step * share(sampled.copyNanos(), sampled.sampledNanos()),
        share(stretch.hostNanos(), stretch.nanos()),
        step);
  }

  /// A step counts when it ends, so one that began earlier may be longer than the stretch.
  private static double share(long part, long whole) {
    return whole <= 0 ? 0 : Math.min(1, (double) part / whole);
  }
}

package io.fiddler.placement.correction;

import java.time.Duration;
import java.util.Arrays;

/// Who was moved a short time ago and stays: for a time, so that a busy service does not swing, and
/// for a number of assignments, so that a quiet one learns something before it decides again.
final class Dwell {
  private static final long NEVER = -1;
  private static final double COUNTS_PER_EXPERT = 16;

  private final long nanos;
  private final double assignments;
  private final long[] movedAtNanos;
  private final long[] movedAtAssignments;

  Dwell(Duration dwell, int numExperts) {
    this.nanos = dwell.toNanos();
    this.assignments = COUNTS_PER_EXPERT * numExperts;
    this.movedAtNanos = new long[numExperts];
    this.movedAtAssignments = new long[numExperts];
    Arrays.fill(movedAtAssignments, NEVER);
  }

  void moved(int index, long nowNanos, long assignmentsNow) {
    movedAtNanos[index] = nowNanos;
    movedAtAssignments[index] = assignmentsNow;
  }

  boolean holds(int index, long nowNanos, long assignmentsNow) {
    return movedAtAssignments[index] != NEVER
        && (nowNanos - movedAtNanos[index] < nanos
            || assignmentsNow - movedAtAssignments[index] < assignments);
  }
}

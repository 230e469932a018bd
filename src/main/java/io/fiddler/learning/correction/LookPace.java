package io.fiddler.learning.correction;

import io.fiddler.engine.Engine.PhaseAssignments;

/// How often the counters are looked at: as soon as enough came in to change a decision, and
/// otherwise a few times a second. So a change of workload is followed within its first requests,
/// also where they take milliseconds. Not thread-safe.
final class LookPace {
  private static final long COUNTS_PER_EXPERT = 4;
  private static final long AT_LEAST_EVERY_NANOS = 250_000_000;

  private final long enough;
  private long lastTotal;
  private long lastNanos;
  private boolean begun;

  LookPace(int numExperts) {
    this.enough = COUNTS_PER_EXPERT * numExperts;
  }

  /// Whether to look now, with so many assignments since some placement.
  boolean isDue(PhaseAssignments assignments, long nowNanos) {
    long total = assignments.prefill().total() + assignments.decode().total();
    boolean due =
        !begun
            || nowNanos - lastNanos >= AT_LEAST_EVERY_NANOS
            || total < lastTotal // counting began anew
            || total - lastTotal >= enough;
    if (due) {
      begun = true;
      lastTotal = total;
      lastNanos = nowNanos;
    }
    return due;
  }
}

package io.fiddler.learning.drift;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine.PhaseAssignments;

/// The hit rate of the latest assignments under a placement as it is now. Not thread-safe.
final class HitRateNow {
  private final double halfLife;
  private AssignmentCounts last = AssignmentCounts.NONE;
  private double hits;
  private double total;

  /// @param halfLife assignments after which one counts half
  HitRateNow(double halfLife) {
    this.halfLife = halfLife;
  }

  /// Adds what came since the last call.
  ///
  /// @param sincePlacement the engine's count, which begins anew with each placement; what came
  ///   between the last call and that moment is not seen
  void add(PhaseAssignments sincePlacement) {
    AssignmentCounts now = sincePlacement.prefill().plus(sincePlacement.decode());
    boolean anew = now.total() < last.total() || now.resident() < last.resident();
    long added = now.total() - (anew ? 0 : last.total());
    long addedHits = now.resident() - (anew ? 0 : last.resident());
    double keep = Math.pow(0.5, added / halfLife);
    total = total * keep + added;
    hits = hits * keep + addedHits;
    last = now;
  }

  /// Begins anew: what was seen was another placement's, or another state of it.
  void restart() {
    hits = 0;
    total = 0;
  }

  /// Assignments it is made of, decayed.
  double total() {
    return total;
  }

  /// In [0, 1]; 0 before the first.
  double rate() {
    return total == 0 ? 0 : hits / total;
  }
}

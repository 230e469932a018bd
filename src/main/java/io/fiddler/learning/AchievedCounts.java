package io.fiddler.learning;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.StepReport;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.Hits;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts what each placement achieves in this process, step by step: every step ran under exactly
/// one. Written on the step thread, read from any.
public final class AchievedCounts implements EngineListener {
  private final Map<Long, Achieved> byVersion = new ConcurrentHashMap<>();
  private final InstantSource clock;

  /// Counts from nothing.
  public AchievedCounts(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void onStep(StepReport step) {
    Instant end = clock.instant();
    Achieved one =
        new Achieved(
            hits(step.prefillAssignments()),
            hits(step.decodeAssignments()),
            end.minusNanos(step.stepNanos()),
            end);
    byVersion.merge(step.placementVersion(), one, AchievedCounts::together);
  }

  /// What was counted so far, by version; 0 is a placement that could not be recorded.
  Map<Long, Achieved> snapshot() {
    return Map.copyOf(byVersion);
  }

  /// Forgets a version if nothing was counted since `seen`.
  void forget(long version, Achieved seen) {
    byVersion.remove(version, seen);
  }

  private static Achieved together(Achieved before, Achieved step) {
    return new Achieved(
        before.prefill().plus(step.prefill()),
        before.decode().plus(step.decode()),
        before.since(),
        step.until());
  }

  private static Hits hits(AssignmentCounts counts) {
    return new Hits(counts.resident(), counts.total());
  }
}

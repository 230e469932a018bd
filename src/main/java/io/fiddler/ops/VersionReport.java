package io.fiddler.ops;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.Hits;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A recorded placement as `GET /actuator/placements/7` shows it.
///
/// @param placement as `GET /actuator/placement` shows the one in force; its actual hit rates are
///   those achieved
/// @param achieved what it achieved; null before its first step
/// @param diff what is different from another one; left out if there is none to compare with
record VersionReport(
    @JsonUnwrapped PlacementReport placement,
    @JsonInclude @Nullable Counted achieved,
    @JsonInclude(NON_NULL) @Nullable PlacementDiff diff) {

  /// What a placement achieved; hit rates are in [0, 1].
  ///
  /// @param hitRate over both phases
  /// @param hitRatePrefill over prompt tokens
  /// @param hitRateDecode over generated tokens
  /// @param assignments what they are made of
  /// @param since begin of the first step under it
  /// @param until end of the last step that is counted
  record Counted(
      double hitRate,
      double hitRatePrefill,
      double hitRateDecode,
      PhaseCounts assignments,
      Instant since,
      Instant until) {
    static @Nullable Counted of(@Nullable Achieved achieved) {
      return achieved == null
          ? null
          : new Counted(
              achieved.overall().rate(),
              achieved.prefill().rate(),
              achieved.decode().rate(),
              new PhaseCounts(achieved.prefill().assignments(), achieved.decode().assignments()),
              achieved.since(),
              achieved.until());
    }
  }

  /// The state to show beside it: where it is not in force, what it achieved.
  static PlacementState state(
      Engine engine, boolean inForce, @Nullable Achieved achieved, @Nullable PinReport pinned) {
    PlacementState now = PlacementState.of(engine, pinned);
    if (inForce) {
      return now;
    }
    Hits prefill = achieved == null ? Hits.NONE : achieved.prefill();
    Hits decode = achieved == null ? Hits.NONE : achieved.decode();
    return new PlacementState(
        now.capacity(), now.epoch(), new PhaseAssignments(counts(prefill), counts(decode)), pinned);
  }

  private static AssignmentCounts counts(Hits hits) {
    return new AssignmentCounts(hits.hits(), 0, hits.assignments() - hits.hits(), 0);
  }
}

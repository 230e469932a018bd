package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.engine.Engine.PhaseAssignments;
import org.jspecify.annotations.Nullable;

/// How the engine is while a placement is shown.
///
/// @param capacity experts the device can hold
/// @param epoch counts the changes of residency
/// @param since assignments since the placement in force was applied
/// @param pinned what is pinned; null if nothing is
record PlacementState(
    int capacity, long epoch, PhaseAssignments since, @Nullable PinReport pinned) {
  static PlacementState of(Engine engine, @Nullable PinReport pinned) {
    return new PlacementState(
        engine.device().expertCapacity(),
        engine.residency().epoch(),
        engine.assignmentsSincePlacement(),
        pinned);
  }
}

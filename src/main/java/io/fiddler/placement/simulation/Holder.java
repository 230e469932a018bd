package io.fiddler.placement.simulation;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import java.util.Collection;

/// Tells which experts are on the device when they are chosen. Asked once for every choice, in the
/// order of a {@link Workload}.
@FunctionalInterface
interface Holder {
  /// Whether the expert chosen at a place is there.
  ///
  /// @param place in {@link Workload#experts}
  /// @param expert dense index
  boolean holds(int place, int expert);

  /// Always the same experts.
  static Holder of(ExpertGrid grid, Collection<ExpertId> resident) {
    boolean[] held = new boolean[grid.size()];
    resident.forEach(id -> held[grid.indexOf(id)] = true);
    return (place, expert) -> held[expert];
  }
}

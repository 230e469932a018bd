package io.fiddler.engine;

import io.fiddler.placement.Placement;

/// Asked once while loading, off the step thread, which experts should be resident.
@FunctionalInterface
public interface InitialPlacement {
  /// The placement and the version it was recorded under (0 if it could not be recorded).
  VersionedPlacement choose(ModelSummary model, int capacity);

  /// A placement and its recorded version.
  ///
  /// @param version global id, 0 if not recorded
  /// @param placement what is wanted
  record VersionedPlacement(long version, Placement placement) {}
}

package io.fiddler.usage;

import java.util.Optional;

/// The record of placements. Blocking.
public interface PlacementStore {
  /// Records a placement and, with it, what was done; the `id` given is ignored and the one
  /// assigned is in the result. That another replica was followed is not noted here but by who
  /// knows which event of it.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  PlacementVersion record(PlacementVersion version, PlacementAction action);

  /// The placement of this id, whichever model and replica it is of.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  Optional<PlacementVersion> find(long id);
}

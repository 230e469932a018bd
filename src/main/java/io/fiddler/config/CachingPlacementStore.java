package io.fiddler.config;

import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import java.util.Optional;

/// Keeps a copy of every placement recorded in the database, for a start without it.
record CachingPlacementStore(PlacementStore database, PlacementCache cache)
    implements PlacementStore {
  @Override
  public PlacementVersion record(PlacementVersion version, PlacementAction action) {
    PlacementVersion recorded = database.record(version, action);
    // A start without a device wants nothing resident; that must not be what a later one with a
    // device remembers.
    if (!recorded.placement().experts().isEmpty()) {
      cache.write(recorded);
    }
    return recorded;
  }

  @Override
  public Optional<PlacementVersion> find(long id) {
    return database.find(id);
  }
}

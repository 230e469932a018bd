package io.fiddler.placement;

import java.util.Map;

/// The experts chosen most often, over all layers and both phases: no other set of that size would
/// have had a higher hit rate on the counted traffic, each activation weighted by its age.
public final class FrequencyPolicy implements PlacementPolicy {
  /// The name in placements.
  public static final String NAME = "frequency";

  @Override
  public Placement plan(PastActivations past, int capacity) {
    return WeightedExperts.placement(
        NAME, past, WeightedExperts.weights(past.decayed(), 1), past.decayed(), capacity, Map.of());
  }
}

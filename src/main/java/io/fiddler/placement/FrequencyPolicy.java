package io.fiddler.placement;

import io.fiddler.placement.Placement.ScoredExpert;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The experts chosen most often, over all layers and both phases: no other set of that size would
/// have had a higher hit rate on the counted traffic, each activation weighted by its age.
public final class FrequencyPolicy implements PlacementPolicy {
  /// The name in placements.
  public static final String NAME = "frequency";

  @Override
  public Placement plan(PastActivations past, int capacity) {
    List<ScoredExpert> experts =
        WeightedExperts.heaviest(past.grid(), WeightedExperts.weights(past.decayed(), 1), capacity);
    return new Placement(
        experts,
        NAME,
        Map.of(
            "capacity", Integer.toString(capacity),
            "assignments", String.format(Locale.ROOT, "%.0f", past.decayed().total())),
        Forecasts.of(past.decayed(), experts.stream().map(ScoredExpert::id).toList()));
  }
}

package io.fiddler.placement;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The same share of every layer's experts, for want of a history; the statistics are only looked
/// at for the forecast. Scores are what each expert gets of its layer's assignments if all are as
/// likely.
public final class EvenSpreadPolicy implements PlacementPolicy {
  /// The name in placements.
  public static final String NAME = "even";

  @Override
  public Placement plan(PastActivations past, int capacity) {
    ExpertGrid grid = past.grid();
    int count = Capacity.within(capacity, grid);
    int[] taken = new int[grid.numLayers()];
    List<ScoredExpert> experts = new ArrayList<>(count);
    while (experts.size() < count) {
      int layer = leastFilled(grid, taken);
      experts.add(
          new ScoredExpert(new ExpertId(layer, taken[layer]++), 1.0 / grid.numExperts(layer)));
    }
    return new Placement(
        experts,
        NAME,
        Map.of("capacity", Integer.toString(capacity)),
        Forecasts.of(past.decayed(), Placement.ids(experts)));
  }

  /// The layer with the smallest share of its experts taken, the lowest of several.
  private static int leastFilled(ExpertGrid grid, int[] taken) {
    int best = -1;
    for (int layer = 0; layer < taken.length; layer++) {
      int experts = grid.numExperts(layer);
      // taken / experts < bestTaken / bestExperts, in whole numbers
      if (taken[layer] < experts
          && (best < 0
              || (long) taken[layer] * grid.numExperts(best) < (long) taken[best] * experts)) {
        best = layer;
      }
    }
    return best;
  }
}

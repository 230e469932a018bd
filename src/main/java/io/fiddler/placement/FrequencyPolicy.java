package io.fiddler.placement;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The experts chosen most often, over all layers and both phases: no other set of that size would
/// have had a higher hit rate on the counted traffic.
///
/// Equal counts go to the lower index in the layer, then the lower layer, so that experts never
/// chosen are taken evenly from all layers.
public final class FrequencyPolicy implements PlacementPolicy {
  /// The name in placements.
  public static final String NAME = "frequency";

  @Override
  public Placement plan(PastActivations past, int capacity) {
    ActivationStatistics statistics = past.decayed();
    ExpertGrid grid = statistics.grid();
    double[] layerTotals = layerTotals(statistics);
    List<Candidate> candidates = new ArrayList<>(grid.size());
    for (int index = 0; index < grid.size(); index++) {
      candidates.add(new Candidate(grid.at(index), count(statistics, index)));
    }
    candidates.sort(Candidate.BEST_FIRST);
    List<ScoredExpert> experts =
        candidates.subList(0, Capacity.within(capacity, grid)).stream()
            .map(candidate -> candidate.scored(layerTotals))
            .toList();
    return new Placement(
        experts,
        NAME,
        Map.of(
            "capacity", Integer.toString(capacity),
            "assignments", String.format(Locale.ROOT, "%.0f", Arrays.stream(layerTotals).sum())),
        Forecasts.of(statistics, experts.stream().map(ScoredExpert::id).toList()));
  }

  private static double[] layerTotals(ActivationStatistics statistics) {
    double[] totals = new double[statistics.grid().numLayers()];
    for (int index = 0; index < statistics.grid().size(); index++) {
      totals[statistics.grid().at(index).layer()] += count(statistics, index);
    }
    return totals;
  }

  private static double count(ActivationStatistics statistics, int index) {
    return statistics.count(Phase.PREFILL, index) + statistics.count(Phase.DECODE, index);
  }

  /// An expert and how often it was chosen.
  private record Candidate(ExpertId id, double count) {
    static final Comparator<Candidate> BEST_FIRST =
        Comparator.comparingDouble(Candidate::count)
            .reversed()
            .thenComparingInt(candidate -> candidate.id.expert())
            .thenComparingInt(candidate -> candidate.id.layer());

    ScoredExpert scored(double[] layerTotals) {
      double total = layerTotals[id.layer()];
      return new ScoredExpert(id, total == 0 ? 0 : count / total);
    }
  }
}

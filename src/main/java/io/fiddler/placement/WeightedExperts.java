package io.fiddler.placement;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Experts in order of a weight: no other set of that size weighs more.
///
/// Equal weights go to the lower index in the layer, then the lower layer, so that experts never
/// chosen are taken evenly from all layers.
final class WeightedExperts {
  private WeightedExperts() {}

  /// Counts of both phases, a generated token's times `decodeWeight`, by dense index.
  static double[] weights(ActivationStatistics statistics, double decodeWeight) {
    double[] weights = new double[statistics.grid().size()];
    for (int index = 0; index < weights.length; index++) {
      weights[index] =
          statistics.count(Phase.PREFILL, index)
              + decodeWeight * statistics.count(Phase.DECODE, index);
    }
    return weights;
  }

  /// The placement of the heaviest.
  ///
  /// @param policy its name
  /// @param weights by dense index
  /// @param expected what the forecast is made from
  /// @param own the policy's own parameters, beside `capacity` and `assignments`
  static Placement placement(
      String policy,
      PastActivations past,
      double[] weights,
      ActivationStatistics expected,
      int capacity,
      Map<String, String> own) {
    List<ScoredExpert> experts = heaviest(past.grid(), weights, capacity);
    Map<String, String> parameters = new TreeMap<>(own);
    parameters.put("capacity", Integer.toString(capacity));
    parameters.put("assignments", String.format(Locale.ROOT, "%.0f", past.decayed().total()));
    return new Placement(
        experts, policy, parameters, Forecasts.of(expected, Placement.ids(experts)));
  }

  /// The heaviest; scores are shares of their layer's weight.
  ///
  /// @param weights by dense index
  static List<ScoredExpert> heaviest(ExpertGrid grid, double[] weights, int capacity) {
    int count = Capacity.within(capacity, grid);
    List<Candidate> candidates = new ArrayList<>(grid.size());
    double[] layerTotals = new double[grid.numLayers()];
    int index = 0;
    for (int layer = 0; layer < grid.numLayers(); layer++) {
      for (int expert = 0; expert < grid.numExperts(layer); expert++) {
        candidates.add(new Candidate(new ExpertId(layer, expert), weights[index]));
        layerTotals[layer] += weights[index++];
      }
    }
    candidates.sort(Candidate.BEST_FIRST);
    return candidates.subList(0, count).stream()
        .map(candidate -> candidate.scored(layerTotals))
        .toList();
  }

  /// An expert and its weight.
  private record Candidate(ExpertId id, double weight) {
    static final Comparator<Candidate> BEST_FIRST =
        Comparator.comparingDouble(Candidate::weight)
            .reversed()
            .thenComparingInt(candidate -> candidate.id.expert())
            .thenComparingInt(candidate -> candidate.id.layer());

    ScoredExpert scored(double[] layerTotals) {
      double total = layerTotals[id.layer()];
      return new ScoredExpert(id, total == 0 ? 0 : weight / total);
    }
  }
}

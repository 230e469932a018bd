package io.fiddler.learning;

import io.fiddler.expert.ExpertId;
import io.fiddler.placement.Forecasts;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.PlacementPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A placement made for one device brought to another: the best of it where there is less room, and
/// where there is more, what a policy would choose next. Pure.
final class FittedPlacement {
  private FittedPlacement() {}

  /// `source` with exactly as many experts as there are places.
  ///
  /// @param past for the forecast, which is of now and of these experts
  /// @param fill chooses who gets places that are left
  static Placement of(Placement source, PastActivations past, int places, PlacementPolicy fill) {
    Map<ExpertId, ScoredExpert> chosen = new LinkedHashMap<>();
    take(chosen, source.experts(), places);
    if (chosen.size() < places) {
      // The worst case is that the policy's best are all there already.
      take(chosen, fill.plan(past, past.grid().size()).experts(), places);
    }
    Map<String, String> parameters = new TreeMap<>(source.parameters());
    parameters.put("capacity", Integer.toString(places));
    return new Placement(
        List.copyOf(chosen.values()),
        source.policy(),
        parameters,
        Forecasts.of(past, chosen.keySet()));
  }

  /// Whether both want the same experts.
  static boolean sameExperts(Placement one, Placement other) {
    return ids(one).equals(ids(other));
  }

  static Set<ExpertId> ids(Placement placement) {
    return Set.copyOf(placement.expertIds());
  }

  private static void take(
      Map<ExpertId, ScoredExpert> chosen, List<ScoredExpert> experts, int places) {
    for (ScoredExpert expert : experts) {
      if (chosen.size() == places) {
        return;
      }
      chosen.putIfAbsent(expert.id(), expert);
    }
  }
}

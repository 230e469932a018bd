package io.fiddler.learning.correction;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.correction.Exchange;
import io.fiddler.placement.correction.RunningWindow;
import io.fiddler.placement.correction.TrafficEstimate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The placement that correction makes of another one.
final class CorrectedExperts {
  /// The policy's name in placements.
  static final String NAME = "correction";

  private CorrectedExperts() {}

  /// The experts of `placement` for which a device of `capacity` has room.
  static List<ExpertId> within(Placement placement, int capacity) {
    return placement.expertIds().stream().limit(capacity).toList();
  }

  /// `placement` after exchanges among those that have room, the most chosen first; those beyond
  /// stay behind them, for when there is more.
  static Placement of(
      Placement placement, List<Exchange> exchanges, int capacity, TrafficEstimate traffic) {
    Set<ExpertId> inside = new LinkedHashSet<>(within(placement, capacity));
    for (Exchange exchange : exchanges) {
      if (exchange.evict() != null) {
        inside.remove(exchange.evict());
      }
      inside.add(exchange.load());
    }
    ExpertGrid grid = traffic.window().grid();
    double[] shares = traffic.shares();
    double[] layers = new double[grid.numLayers()];
    for (int index = 0; index < shares.length; index++) {
      layers[grid.at(index).layer()] += shares[index];
    }
    List<ScoredExpert> experts = new ArrayList<>();
    inside.stream()
        .sorted(Comparator.comparingDouble((ExpertId id) -> shares[grid.indexOf(id)]).reversed())
        .forEach(id ->
            experts.add(
                new ScoredExpert(
                    id, shares[grid.indexOf(id)] / Math.max(1e-12, layers[id.layer()]))));
    placement.experts().stream()
        .skip(capacity)
        .filter(expert -> !inside.contains(expert.id()))
        .forEach(experts::add);
    return new Placement(
        experts,
        NAME,
        Map.of(
            "capacity", Integer.toString(capacity),
            "assignments", String.format(Locale.ROOT, "%.0f", traffic.window().total())),
        forecast(traffic, inside, placement.forecast().uncertainty()));
  }

  /// By the traffic as it is now. What an earlier forecast knew about how much traffic varies from
  /// hour to hour, the window cannot tell and does not contradict.
  private static HitRateForecast forecast(
      TrafficEstimate traffic, Collection<ExpertId> inside, double uncertaintyBefore) {
    double overall = traffic.hitRate(inside);
    double sampling = traffic.uncertainty(overall);
    return new HitRateForecast(
        overall,
        hitRate(traffic.window(), Phase.PREFILL, inside, overall),
        hitRate(traffic.window(), Phase.DECODE, inside, overall),
        uncertaintyBefore < 1 ? Math.max(uncertaintyBefore, sampling) : sampling);
  }

  private static double hitRate(
      RunningWindow window, Phase phase, Collection<ExpertId> inside, double unknown) {
    double total = 0;
    for (int index = 0; index < window.grid().size(); index++) {
      total += window.count(phase, index);
    }
    double hits = 0;
    for (ExpertId id : inside) {
      hits += window.count(phase, window.grid().indexOf(id));
    }
    return total == 0 ? unknown : Math.clamp(hits / total, 0.0, 1.0);
  }
}

package io.fiddler.placement.policy;

import io.fiddler.placement.EvenSpreadPolicy;
import io.fiddler.placement.FrequencyPolicy;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.PlacementPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Plans with the policy that would have done best in the past, and says by how much.
///
/// Every candidate is replayed over the buckets ({@link Backtest}). {@link FrequencyPolicy} is used
/// unless another was clearly better: by more than chance explains, and by a point in five hundred
/// at least. With fewer than {@value #LEAST_STEPS} buckets to score it is used untested, and
/// without any history the experts are spread evenly. The placement has the name of the policy
/// chosen; its parameters tell what chose it (`chosenBy`), and by what margin.
final class AutoPolicy implements PlacementPolicy {
  private static final int LEAST_STEPS = 4;
  private static final double LEAST_MARGIN = 0.002;

  private final PlacementPolicy even = new EvenSpreadPolicy();
  private final PlacementPolicy frequency = new FrequencyPolicy();
  private final List<PlacementPolicy> others;
  private final HalfLives halfLives;
  private final double decodeWeight;

  /// @param others candidates beside frequency
  /// @param decodeWeight how often a generated token's choices count in the score
  AutoPolicy(List<PlacementPolicy> others, HalfLives halfLives, double decodeWeight) {
    this.others = List.copyOf(others);
    this.halfLives = halfLives;
    this.decodeWeight = decodeWeight;
  }

  /// A policy and how well it would have done.
  private record Candidate(PlacementPolicy policy, Backtest backtest) {}

  @Override
  public Placement plan(PastActivations past, int capacity) {
    if (past.isEmpty()) {
      return withParameters(
          even.plan(past, capacity), Map.of(PolicyChoice.CHOSEN_BY, "for want of a history"));
    }
    List<Walk.Step> walk = Walk.of(past, halfLives, Backtest.A_DAY);
    Candidate usual = test(frequency, walk, capacity);
    if (walk.size() < LEAST_STEPS) {
      return planned(
          usual,
          past,
          capacity,
          Map.of(
              PolicyChoice.CHOSEN_BY,
              "by default, with %d of the %d hours it takes to compare policies"
                  .formatted(walk.size(), LEAST_STEPS)));
    }
    Candidate best = usual;
    double margin = 0;
    Candidate evenly = test(even, walk, capacity);
    for (Candidate other : candidates(evenly, walk, capacity)) {
      Comparison comparison = Comparison.between(other.backtest, usual.backtest, decodeWeight);
      if (comparison.isClear(LEAST_MARGIN) && comparison.margin() > margin) {
        best = other;
        margin = comparison.margin();
      }
    }
    return planned(best, past, capacity, told(best, usual, evenly));
  }

  private List<Candidate> candidates(Candidate evenly, List<Walk.Step> walk, int capacity) {
    List<Candidate> candidates = new ArrayList<>(List.of(evenly));
    others.forEach(policy -> candidates.add(test(policy, walk, capacity)));
    return candidates;
  }

  private Candidate test(PlacementPolicy policy, List<Walk.Step> walk, int capacity) {
    return new Candidate(policy, Backtest.of(policy, walk, halfLives, capacity));
  }

  private Map<String, String> told(Candidate best, Candidate usual, Candidate evenly) {
    List<String> margins = new ArrayList<>();
    if (!best.policy.equals(frequency)) {
      margins.add(margin(best, usual, FrequencyPolicy.NAME));
    }
    if (!best.policy.equals(even)) {
      margins.add(margin(best, evenly, EvenSpreadPolicy.NAME));
    }
    Duration covered = best.backtest.covered();
    return Map.of(
        PolicyChoice.CHOSEN_BY,
        String.format(
            Locale.ROOT,
            "by backtest over %d hours with a hit rate of %.3f",
            Math.max(1, covered.toHours()),
            best.backtest.score(decodeWeight)),
        PolicyChoice.MARGIN,
        String.join(", ", margins));
  }

  private String margin(Candidate best, Candidate other, String name) {
    double margin = best.backtest.score(decodeWeight) - other.backtest.score(decodeWeight);
    return String.format(Locale.ROOT, "%+.3f over %s", margin, name);
  }

  private static Placement planned(
      Candidate candidate, PastActivations past, int capacity, Map<String, String> told) {
    Placement placement = candidate.policy.plan(past, capacity);
    return withParameters(
        placement.with(placement.forecast().with(candidate.backtest.uncertainty().halfWidth())),
        told);
  }

  private static Placement withParameters(Placement placement, Map<String, String> more) {
    Map<String, String> parameters = new TreeMap<>(placement.parameters());
    parameters.putAll(more);
    return new Placement(placement.experts(), placement.policy(), parameters, placement.forecast());
  }
}

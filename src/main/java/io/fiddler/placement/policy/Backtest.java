package io.fiddler.placement.policy;

import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.Uncertainty;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How well a policy would have done: before each bucket of the past it plans from what was known
/// then, and is scored on what came. It never looks ahead.
///
/// @param plans oldest first
public record Backtest(List<Plan> plans) {
  /// How long a placement is expected to serve: one made at a start lives until somebody plans
  /// anew.
  public static final Duration A_DAY = Duration.ofDays(1);

  public Backtest {
    plans = List.copyOf(plans);
  }

  /// One plan and what became of it.
  ///
  /// @param at when it was made
  /// @param forecast hit rate promised
  /// @param hours what came, at least one
  /// @param weight by age, half once it is a half-life old, and by how much was known compared with
  ///   the last plan
  public record Plan(Instant at, double forecast, List<ScoredBucket> hours, double weight) {
    public Plan {
      hours = List.copyOf(hours);
    }

    /// Hit rate over everything that came.
    ///
    /// @param decodeWeight how often a generated token's choices count
    public double score(double decodeWeight) {
      double hits = 0;
      double total = 0;
      for (ScoredBucket hour : hours) {
        hits += hour.hits(decodeWeight);
        total += hour.total(decodeWeight);
      }
      return hits / total;
    }
  }

  /// Replays the past. Buckets with too few counts to tell a hit rate are passed over.
  ///
  /// @param capacity experts on the device
  /// @param horizon how long each plan serves; at least the next bucket
  public static Backtest of(
      PlacementPolicy policy,
      PastActivations past,
      HalfLives halfLives,
      int capacity,
      Duration horizon) {
    // How sure each plan was of its forecast would be another walk for each, and is not asked.
    PlacementPolicy plain = policy instanceof BacktestedPolicy tested ? tested.policy() : policy;
    return of(plain, Walk.of(past, halfLives, horizon), halfLives, capacity);
  }

  static Backtest of(
      PlacementPolicy policy, List<Walk.Step> walk, HalfLives halfLives, int capacity) {
    List<Plan> plans = new ArrayList<>();
    for (Walk.Step step : walk) {
      Placement placement = policy.plan(step.known(), capacity);
      int[] resident =
          placement.experts().stream()
              .mapToInt(expert -> step.known().grid().indexOf(expert.id()))
              .toArray();
      Instant at = step.next().getFirst().bucket().start();
      plans.add(
          new Plan(
              at,
              placement.forecast().overall(),
              step.next().stream().map(came -> ScoredBucket.of(came, resident)).toList(),
              weight(step, walk.getLast(), halfLives)));
    }
    return new Backtest(plans);
  }

  /// One made from little history promises too much and chooses badly, and says little about those
  /// made from all of it.
  private static double weight(Walk.Step step, Walk.Step last, HalfLives halfLives) {
    Duration age =
        Duration.between(
            step.next().getFirst().bucket().start(), last.next().getFirst().bucket().start());
    double known = Math.min(1, step.known().decayed().total() / last.known().decayed().total());
    return HalfLives.decay(age, halfLives.decayed()) * known * known;
  }

  /// Hit rate achieved, the mean over the plans by their weights; 0 without plans.
  ///
  /// @param decodeWeight how often a generated token's choices count
  public double score(double decodeWeight) {
    double sum = 0;
    double weights = 0;
    for (Plan plan : plans) {
      sum += plan.weight() * plan.score(decodeWeight);
      weights += plan.weight();
    }
    return weights == 0 ? 0 : sum / weights;
  }

  /// What the forecasts turned out to be wrong by in the hours they were for. A plan's hours count
  /// together as one deviation, since where one is far off, its neighbours mostly are; one of which
  /// few hours have come yet counts less, since hit rates fall with time.
  public Uncertainty uncertainty() {
    Uncertainty uncertainty = new Uncertainty();
    double most = plans.stream().mapToInt(plan -> plan.hours().size()).max().orElse(1);
    for (Plan plan : plans) {
      double squares = 0;
      for (ScoredBucket hour : plan.hours()) {
        double deviation = hour.hits(1) / hour.total(1) - plan.forecast();
        squares += deviation * deviation;
      }
      int hours = plan.hours().size();
      uncertainty.add(Math.sqrt(squares / hours), plan.weight() * hours / most);
    }
    uncertainty.serial(serialCorrelation());
    return uncertainty;
  }

  /// How alike the deviations of the first hours of two plans in a row are, in [0, 1].
  private double serialCorrelation() {
    double[] deviations =
        plans.stream()
            .mapToDouble(plan ->
                plan.hours().getFirst().hits(1) / plan.hours().getFirst().total(1)
                    - plan.forecast())
            .toArray();
    double mean = Arrays.stream(deviations).average().orElse(0);
    double products = 0;
    double squares = 0;
    for (int i = 0; i < deviations.length; i++) {
      double centred = deviations[i] - mean;
      squares += centred * centred;
      products += i == 0 ? 0 : centred * (deviations[i - 1] - mean);
    }
    return squares == 0 ? 0 : Math.clamp(products / squares, 0.0, 1.0);
  }

  /// Time that the plans were scored on.
  public Duration covered() {
    return plans.stream()
        .map(plan -> plan.hours().getFirst().width())
        .reduce(Duration.ZERO, Duration::plus);
  }
}

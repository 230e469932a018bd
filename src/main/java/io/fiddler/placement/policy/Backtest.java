package io.fiddler.placement.policy;

import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.Forecasts;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.TimeBucket;
import io.fiddler.placement.Uncertainty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How well a policy would have done: for each bucket of the past it plans from what was known
/// before, and is scored on what came. It never looks ahead.
///
/// @param steps the buckets scored, oldest first
public record Backtest(List<Step> steps) {
  public Backtest {
    steps = List.copyOf(steps);
  }

  /// One bucket.
  ///
  /// @param bucket what came
  /// @param forecast hit rate promised before
  /// @param achieved hit rates of what came; `overall` is over both phases
  /// @param weight by age: a step counts half once it is a half-life old
  public record Step(TimeBucket bucket, double forecast, HitRateForecast achieved, double weight) {
    /// Hit rate with a generated token's choices counting `decodeWeight` times.
    public double score(double decodeWeight) {
      ActivationStatistics counts = bucket.counts();
      double prefill = counts.total(Phase.PREFILL);
      double decode = decodeWeight * counts.total(Phase.DECODE);
      return (prefill * achieved.prefill() + decode * achieved.decode()) / (prefill + decode);
    }
  }

  /// Replays the past. Buckets with too few counts to tell a hit rate are passed over.
  ///
  /// @param capacity experts on the device
  public static Backtest of(
      PlacementPolicy policy, PastActivations past, HalfLives halfLives, int capacity) {
    return of(policy, Walk.of(past, halfLives), halfLives, capacity);
  }

  static Backtest of(
      PlacementPolicy policy, List<Walk.Step> walk, HalfLives halfLives, int capacity) {
    List<Step> steps = new ArrayList<>();
    for (Walk.Step step : walk) {
      Placement placement = policy.plan(step.known(), capacity);
      List<ExpertId> resident = placement.experts().stream().map(ScoredExpert::id).toList();
      Duration age = Duration.between(step.next().middle(), walk.getLast().next().middle());
      steps.add(
          new Step(
              step.next(),
              placement.forecast().overall(),
              Forecasts.of(step.next().counts(), resident),
              HalfLives.decay(age, halfLives.decayed())));
    }
    return new Backtest(steps);
  }

  /// Hit rate achieved, the mean over the steps by their weights; 0 without steps.
  ///
  /// @param decodeWeight how often a generated token's choices count
  public double score(double decodeWeight) {
    double sum = 0;
    double weights = 0;
    for (Step step : steps) {
      sum += step.weight() * step.score(decodeWeight);
      weights += step.weight();
    }
    return weights == 0 ? 0 : sum / weights;
  }

  /// What the policy's forecasts turned out to be wrong by.
  public Uncertainty uncertainty() {
    Uncertainty uncertainty = new Uncertainty();
    for (Step step : steps) {
      uncertainty.add(step.achieved().overall() - step.forecast(), step.weight());
    }
    return uncertainty;
  }

  /// Time that the steps cover.
  public Duration covered() {
    return steps.stream().map(step -> step.bucket().width()).reduce(Duration.ZERO, Duration::plus);
  }
}

package io.fiddler.placement.policy;

import java.util.List;

/// Two policies that planned at the same moments, which are taken as independent.
///
/// @param margin mean by which one's score is above the other's
/// @param noise what the mean may be off by: 1.645 standard errors, one side of 95 %
record Comparison(double margin, double noise) {
  private static final double Z = 1.645;

  /// `one` against `other`.
  ///
  /// @param decodeWeight how often a generated token's choices count
  static Comparison between(Backtest one, Backtest other, double decodeWeight) {
    List<Backtest.Plan> plans = one.plans();
    double margin = one.score(decodeWeight) - other.score(decodeWeight);
    double weights = 0;
    double squaredWeights = 0;
    double squares = 0;
    for (int i = 0; i < plans.size(); i++) {
      double weight = plans.get(i).weight();
      double difference =
          plans.get(i).score(decodeWeight) - other.plans().get(i).score(decodeWeight);
      weights += weight;
      squaredWeights += weight * weight;
      squares += weight * (difference - margin) * (difference - margin);
    }
    double size = squaredWeights == 0 ? 0 : weights * weights / squaredWeights;
    double noise =
        size <= 1 ? Double.POSITIVE_INFINITY : Z * Math.sqrt(squares / weights / (size - 1));
    return new Comparison(margin, noise);
  }

  /// Whether one is better by more than chance, and by enough to matter.
  boolean isClear(double least) {
    return margin > least && margin > noise;
  }
}

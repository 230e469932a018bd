package io.fiddler.placement.policy;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.TimeBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Hours of traffic whose experts' popularity wanders: each has a logarithm that is drawn to 0 and
/// pushed about every hour.
final class SyntheticTraffic {
  static final ExpertGrid GRID = new ExpertGrid(Collections.nCopies(6, 8));
  private static final int CHOICES_PER_LAYER = 600;
  private static final double SPREAD = 0.8;

  private SyntheticTraffic() {}

  /// @param steadiness what of the popularity of an hour is left in the next, in [0, 1]
  static List<TimeBucket> hours(int hours, double steadiness, SplittableRandom random) {
    double[] logarithms = new double[GRID.size()];
    for (int i = 0; i < logarithms.length; i++) {
      logarithms[i] = SPREAD * random.nextGaussian();
    }
    double push = SPREAD * Math.sqrt(1 - steadiness * steadiness);
    List<TimeBucket> buckets = new ArrayList<>();
    for (int hour = 0; hour < hours; hour++) {
      buckets.add(bucket(hour, counts(logarithms, random)));
      for (int i = 0; i < logarithms.length; i++) {
        logarithms[i] = steadiness * logarithms[i] + push * random.nextGaussian();
      }
    }
    return buckets;
  }

  static TimeBucket bucket(int hour, ActivationStatistics counts) {
    return new TimeBucket(Instant.EPOCH.plus(Duration.ofHours(hour)), Duration.ofHours(1), counts);
  }

  private static ActivationStatistics counts(double[] logarithms, SplittableRandom random) {
    ActivationStatistics counts = new ActivationStatistics(GRID);
    for (int layer = 0; layer < GRID.numLayers(); layer++) {
      double[] upTo = new double[GRID.numExperts(layer)];
      double sum = 0;
      for (int expert = 0; expert < upTo.length; expert++) {
        sum += Math.exp(logarithms[GRID.indexOf(layer, expert)]);
        upTo[expert] = sum;
      }
      for (int i = 0; i < CHOICES_PER_LAYER; i++) {
        double at = random.nextDouble() * sum;
        int expert = 0;
        while (upTo[expert] <= at) {
          expert++;
        }
        counts.add(i % 4 == 0 ? Phase.DECODE : Phase.PREFILL, layer, expert, 1);
      }
    }
    return counts;
  }

  /// What a history would tell at the end of the hours.
  static PastActivations past(List<TimeBucket> hours) {
    Instant now = hours.getLast().end();
    ActivationStatistics decayed = new ActivationStatistics(GRID);
    ActivationStatistics recent = new ActivationStatistics(GRID);
    for (TimeBucket hour : hours) {
      Duration age = Duration.between(hour.middle(), now);
      decayed.addAll(hour.counts(), HalfLives.decay(age, HalfLives.DEFAULT.decayed()));
      recent.addAll(hour.counts(), HalfLives.decay(age, HalfLives.DEFAULT.recent()));
    }
    return new PastActivations(decayed, recent, Map.of(), hours);
  }
}

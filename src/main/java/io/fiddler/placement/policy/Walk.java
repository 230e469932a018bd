package io.fiddler.placement.policy;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.TimeBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The past as it was known before each bucket: what a policy would have planned from then.
///
/// Buckets do not tell tenants apart, so neither does it.
final class Walk {
  /// Enough to compare policies; more would only take time at the start.
  private static final int MOST_STEPS = 64;

  private final ExpertGrid grid;
  private final Decaying decayed;
  private final Decaying recent;

  private Walk(ExpertGrid grid, HalfLives halfLives) {
    this.grid = grid;
    this.decayed = new Decaying(halfLives.decayed());
    this.recent = new Decaying(halfLives.recent());
  }

  /// What was known, and what came.
  ///
  /// @param known from the buckets before
  /// @param next the bucket that followed
  record Step(PastActivations known, TimeBucket next) {}

  /// One step for each of the last buckets that tells a hit rate and that something is known
  /// before, oldest first.
  static List<Step> of(PastActivations past, HalfLives halfLives) {
    return new Walk(past.grid(), halfLives).steps(past.buckets());
  }

  private List<Step> steps(List<TimeBucket> buckets) {
    List<Step> steps = new ArrayList<>();
    long telling = buckets.stream().filter(TimeBucket::isTelling).count();
    for (TimeBucket bucket : buckets) {
      if (bucket.isTelling() && telling-- <= MOST_STEPS) {
        ActivationStatistics before = decayed.at(bucket.start());
        if (before.total() >= 1) {
          steps.add(
              new Step(
                  new PastActivations(before, recent.at(bucket.start()), Map.of(), List.of()),
                  bucket));
        }
      }
      decayed.add(bucket);
      recent.add(bucket);
    }
    return steps;
  }

  /// Counts that lose half their weight in a half-life.
  private final class Decaying {
    private final Duration halfLife;
    private ActivationStatistics counts = new ActivationStatistics(grid);
    private Instant time = Instant.MIN;

    Decaying(Duration halfLife) {
      this.halfLife = halfLife;
    }

    ActivationStatistics at(Instant now) {
      ActivationStatistics then = new ActivationStatistics(grid);
      if (!counts.isEmpty()) {
        then.addAll(counts, HalfLives.decay(Duration.between(time, now), halfLife));
      }
      return then;
    }

    void add(TimeBucket bucket) {
      if (bucket.counts().isEmpty()) {
        return;
      }
      counts = at(bucket.end());
      time = bucket.end();
      counts.addAll(
          bucket.counts(),
          HalfLives.decay(Duration.between(bucket.middle(), bucket.end()), halfLife));
    }
  }
}

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
  /// @param next buckets that followed and tell a hit rate, at least one
  record Step(PastActivations known, List<Came> next) {}

  /// A bucket with its totals, which every plan needs.
  record Came(TimeBucket bucket, double prefill, double decode) {
    static Came of(TimeBucket bucket) {
      return new Came(
          bucket, bucket.counts().total(Phase.PREFILL), bucket.counts().total(Phase.DECODE));
    }
  }

  /// One step for each of the last buckets that tells a hit rate and that something is known
  /// before, oldest first.
  ///
  /// @param horizon how long from its begin buckets belong to a step; positive
  static List<Step> of(PastActivations past, HalfLives halfLives, Duration horizon) {
    return new Walk(past.grid(), halfLives).steps(past.buckets(), horizon);
  }

  private List<Step> steps(List<TimeBucket> buckets, Duration horizon) {
    List<Step> steps = new ArrayList<>();
    List<Came> telling = buckets.stream().filter(TimeBucket::isTelling).map(Came::of).toList();
    int next = 0;
    for (int i = 0; i < buckets.size(); i++) {
      TimeBucket bucket = buckets.get(i);
      if (bucket.isTelling()) {
        ActivationStatistics before = decayed.at(bucket.start());
        if (telling.size() - next <= MOST_STEPS && before.total() >= 1) {
          PastActivations known =
              new PastActivations(
                  before, recent.at(bucket.start()), Map.of(), buckets.subList(0, i));
          Instant end = bucket.start().plus(horizon);
          steps.add(
              new Step(
                  known,
                  telling.subList(next, telling.size()).stream()
                      .takeWhile(came -> came.bucket().start().isBefore(end))
                      .toList()));
        }
        next++;
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

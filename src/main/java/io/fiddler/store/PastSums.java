package io.fiddler.store;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.TimeBucket;
import io.fiddler.store.BucketTimes.Bucket;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ObjDoubleConsumer;

/// Sums up rows of the past.
final class PastSums {
  /// Beyond that a row weighs less than rounding.
  private static final int HALF_LIVES_THAT_COUNT = 64;

  /// The middle of a day stands for all of it.
  private static final Duration HALF_DAY = Duration.ofHours(12);

  private final ExpertGrid grid;
  private final Instant now;
  private final HalfLives halfLives;
  private final BucketTimes times;
  private final Map<String, ActivationStatistics> byTenant = new TreeMap<>();
  private final ActivationStatistics recent;
  private final Map<Bucket, ActivationStatistics> buckets = new HashMap<>();
  private final Set<Instant> days = new HashSet<>();
  private final Map<Time, Place> places = new HashMap<>();
  private long foreign;

  PastSums(ExpertGrid grid, Instant now, HalfLives halfLives) {
    this.grid = grid;
    this.now = now;
    this.halfLives = halfLives;
    this.times = BucketTimes.until(now);
    this.recent = new ActivationStatistics(grid);
  }

  /// The hour or day of a row.
  ///
  /// @param start its begin
  /// @param isDay whether it is a day
  record Time(Instant start, boolean isDay) {}

  /// What a time counts for; many rows share one.
  record Place(Time time, double decayed, double recent, ActivationStatistics bucket) {}

  /// Where rows of a time go.
  Place at(Time time) {
    return places.computeIfAbsent(time, this::place);
  }

  /// Adds a layer; one that does not fit the model is only counted.
  void add(Place place, String tenant, Phase phase, int layer, long[] counts) {
    if (layer < 0 || layer >= grid.numLayers() || counts.length != grid.numExperts(layer)) {
      foreign++;
      return;
    }
    to(place, tenant, (statistics, weight) -> statistics.add(phase, layer, counts, weight));
  }

  /// Adds several layers, one after the other; those that do not fit the model are only counted.
  ///
  /// @param experts how many of `counts` belong to each layer
  void add(Place place, String tenant, Phase phase, int[] experts, long[] counts) {
    if (counts.length == grid.size() && fits(experts)) {
      to(place, tenant, (statistics, weight) -> statistics.add(phase, counts, weight));
      return;
    }
    int first = 0;
    for (int layer = 0; layer < experts.length; layer++) {
      if (experts[layer] > 0) {
        long[] ofLayer = Arrays.copyOfRange(counts, first, first + experts[layer]);
        add(place, tenant, phase, layer, ofLayer);
      }
      first += experts[layer];
    }
  }

  private boolean fits(int[] experts) {
    for (int layer = 0; layer < experts.length; layer++) {
      if (layer >= grid.numLayers() || experts[layer] != grid.numExperts(layer)) {
        return false;
      }
    }
    return true;
  }

  private void to(Place place, String tenant, ObjDoubleConsumer<ActivationStatistics> addition) {
    addition.accept(place.bucket(), 1);
    if (place.decayed() > 0) {
      ActivationStatistics statistics =
          byTenant.computeIfAbsent(tenant, _ -> new ActivationStatistics(grid));
      addition.accept(statistics, place.decayed());
      statistics.countedSince(place.time().start());
    }
    if (place.recent() > 0) {
      addition.accept(recent, place.recent());
      recent.countedSince(place.time().start());
    }
  }

  /// Layers of rows that did not fit.
  long foreign() {
    return foreign;
  }

  PastActivations result() {
    return new PastActivations(
        ActivationStatistics.sum(grid, byTenant.values()), recent, byTenant, apart());
  }

  private Place place(Time time) {
    if (time.isDay()) {
      days.add(time.start());
    }
    Instant at = time.isDay() ? time.start().plus(HALF_DAY) : time.start();
    double age = Math.max(0, seconds(Duration.between(at, now)));
    Bucket bucket = times.of(time.start(), time.isDay());
    ActivationStatistics counts =
        buckets.computeIfAbsent(bucket, _ -> new ActivationStatistics(grid));
    counts.countedSince(bucket.start());
    return new Place(
        time,
        weight(age / seconds(halfLives.decayed())),
        weight(age / seconds(halfLives.recent())),
        counts);
  }

  /// Hours of a day that is there as a day, too, go into it: buckets do not overlap.
  private List<TimeBucket> apart() {
    Map<Bucket, ActivationStatistics> merged = new HashMap<>();
    buckets.forEach((bucket, counts) -> {
      Bucket day = BucketTimes.dayOf(bucket.start());
      merged.merge(
          days.contains(day.start()) && bucket.width().compareTo(day.width()) < 0 ? day : bucket,
          counts,
          (one, other) -> ActivationStatistics.sum(grid, List.of(one, other)));
    });
    return merged.entrySet().stream()
        .map(entry ->
            new TimeBucket(entry.getKey().start(), entry.getKey().width(), entry.getValue()))
        .toList();
  }

  private static double weight(double halfLivesAgo) {
    return halfLivesAgo > HALF_LIVES_THAT_COUNT ? 0 : Math.pow(0.5, halfLivesAgo);
  }

  private static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }
}

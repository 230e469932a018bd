package io.fiddler.placement.simulation;

import io.fiddler.expert.ExpertTrace;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.TimeBucket;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Traces cut in two at one moment: a policy plans from what was before and is scored on what came
/// after, so that none is praised for what it could not know.
///
/// @param before at least one, in order of time
/// @param after at least one
record WalkForward(List<TimedTrace> before, List<TimedTrace> after) {
  /// Half of the tokens are for planning.
  private static final double SHARE_BEFORE = 0.5;

  private static final Duration BUCKET = Duration.ofHours(1);

  WalkForward {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /// Cuts `traces`, of which there are at least two.
  static WalkForward of(List<TimedTrace> traces) {
    if (traces.size() < 2) {
      throw new IllegalArgumentException(
          "a simulation plans from some traces and is scored on others, so it needs 2 at least, got "
              + traces.size());
    }
    List<TimedTrace> ordered =
        traces.stream().sorted(Comparator.comparing(TimedTrace::at)).toList();
    long tokens = ordered.stream().mapToLong(one -> one.trace().tokens()).sum();
    long sum = 0;
    int cut = 0;
    while (cut < ordered.size() - 1 && (cut == 0 || sum < SHARE_BEFORE * tokens)) {
      sum += ordered.get(cut++).trace().tokens();
    }
    return new WalkForward(ordered.subList(0, cut), ordered.subList(cut, ordered.size()));
  }

  /// What a policy could know at the moment of the cut.
  PastActivations past(SimulatedModel model, HalfLives halfLives) {
    Instant now = before.getLast().at();
    ActivationStatistics recent = new ActivationStatistics(model.grid());
    Map<String, ActivationStatistics> byTenant = new HashMap<>();
    Map<Instant, ActivationStatistics> buckets = new TreeMap<>();
    for (TimedTrace one : before) {
      Duration age = Duration.between(one.at(), now);
      ActivationStatistics tenant =
          byTenant.computeIfAbsent(one.tenant(), _ -> new ActivationStatistics(model.grid()));
      ActivationStatistics bucket =
          buckets.computeIfAbsent(
              one.at().truncatedTo(ChronoUnit.HOURS), _ -> new ActivationStatistics(model.grid()));
      count(model, one, weight(age, halfLives.decayed()), tenant);
      count(model, one, weight(age, halfLives.recent()), recent);
      count(model, one, 1, bucket);
    }
    return new PastActivations(
        ActivationStatistics.sum(model.grid(), byTenant.values()),
        recent,
        byTenant,
        buckets.entrySet().stream()
            .map(bucket -> new TimeBucket(bucket.getKey(), BUCKET, bucket.getValue()))
            .toList());
  }

  /// What was chosen after the cut.
  ActivationStatistics counted(SimulatedModel model) {
    ActivationStatistics counted = new ActivationStatistics(model.grid());
    after.forEach(one -> count(model, one, 1, counted));
    return counted;
  }

  private static double weight(Duration age, Duration halfLife) {
    return Math.pow(0.5, (double) age.toMillis() / halfLife.toMillis());
  }

  private static void count(
      SimulatedModel model, TimedTrace traced, double weight, ActivationStatistics to) {
    ExpertTrace trace = traced.trace();
    model.requireOfThis(trace);
    int[] layers = model.layers();
    for (int token = 0; token < trace.tokens(); token++) {
      Phase phase = trace.phase(token);
      for (int layer = 0; layer < layers.length; layer++) {
        for (int k = 0; k < trace.topK(); k++) {
          to.add(phase, layers[layer], trace.expert(token, layer, k), weight);
        }
      }
    }
    to.countedSince(traced.at());
  }
}

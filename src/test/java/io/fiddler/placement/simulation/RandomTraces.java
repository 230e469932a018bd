package io.fiddler.placement.simulation;

import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertTrace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Traffic that prefers some experts, others as time goes on.
final class RandomTraces {
  static final ExpertGrid GRID = new ExpertGrid(List.of(8, 0, 8, 8));
  static final SimulatedModel MODEL = new SimulatedModel(GRID, 2, 4_000, 4);
  static final Instant START = Instant.parse("2026-05-01T00:00:00Z");

  private RandomTraces() {}

  static SimulatedMachine machine(LatencyModel latency) {
    StepRest rest = new StepRest(List.of(new StepRest.Point(1, 100), new StepRest.Point(16, 400)));
    return new SimulatedMachine(Optional.of(latency), false, false, rest, 64, 16);
  }

  /// Nanoseconds an expert of one row takes on each lane.
  static LatencyModel latency(double host, double copy, double device) {
    return new LatencyModel(curve(host), curve(device), copy);
  }

  private static LatencyCurve curve(double nanos) {
    return new LatencyCurve(
        List.of(new LatencyCurve.Point(1, nanos), new LatencyCurve.Point(64, 4 * nanos)));
  }

  /// A minute apart.
  static List<TimedTrace> traces(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<TimedTrace> traces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int prompt = 1 + random.nextInt(40);
      int tokens = prompt + random.nextInt(60);
      traces.add(
          new TimedTrace(
              START.plusSeconds(60L * i),
              "tenant-" + random.nextInt(2),
              trace(random, MODEL, prompt, tokens, 3 * i / count)));
    }
    return traces;
  }

  /// @param favourite the first of the experts that are preferred
  static ExpertTrace trace(
      SplittableRandom random, SimulatedModel model, int prompt, int tokens, int favourite) {
    int[] layers = model.layers();
    int topK = model.topK();
    short[] choices = new short[tokens * layers.length * topK];
    for (int at = 0; at < choices.length; at += topK) {
      int experts = model.grid().numExperts(layers[at / topK % layers.length]);
      int chosen = 0;
      while (chosen < topK) {
        int skewed = (int) (experts * Math.pow(random.nextDouble(), 2));
        short expert = (short) ((skewed + favourite) % experts);
        boolean already = false;
        for (int k = 0; k < chosen; k++) {
          already |= choices[at + k] == expert;
        }
        if (!already) {
          choices[at + chosen++] = expert;
        }
      }
      Arrays.sort(choices, at, at + topK);
    }
    return new ExpertTrace(prompt, tokens, layers.length, topK, choices);
  }
}

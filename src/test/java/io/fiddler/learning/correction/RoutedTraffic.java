package io.fiddler.learning.correction;

import io.fiddler.Prompts;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// What tiny-moe's routers choose for each prompt of the five files and the 24 tokens that follow.
final class RoutedTraffic {
  static final List<String> WORKLOADS =
      List.of("dictionary", "fiction", "jargon", "scripture", "speeches");

  private final Map<String, List<ActivationSnapshot>> requests = new LinkedHashMap<>();
  final ExpertGrid grid;

  /// Runs all of them, one after the other.
  RoutedTraffic(Rig rig) {
    grid = rig.engine.model().grid();
    Path models = Path.of("target", "engine-tests", "models");
    Path tokenizerJson = ModelSources.of("tiny-moe", models, 1).tokenizerFile().orElseThrow();
    try (Tokenizer tokenizer = Tokenizer.of(tokenizerJson, models)) {
      for (String workload : WORKLOADS) {
        requests.put(
            workload,
            Prompts.of(workload).stream()
                .map(prompt -> counted(rig, tokenizer.encode(prompt, true)))
                .toList());
      }
    }
  }

  private static ActivationSnapshot counted(Rig rig, int[] prompt) {
    ActivationSnapshot before = all(rig);
    rig.generate(prompt, 24).join();
    return all(rig).minus(before);
  }

  private static ActivationSnapshot all(Rig rig) {
    return ActivationSnapshot.sum(
        rig.engine.activations().grid(), rig.engine.activations().snapshot().values());
  }

  List<ActivationSnapshot> of(String workload) {
    return requests.getOrDefault(workload, List.of());
  }

  /// Counts over both phases, by dense index.
  double[] sum(List<ActivationSnapshot> snapshots) {
    ActivationSnapshot sum = ActivationSnapshot.sum(grid, snapshots);
    return IntStream.range(0, grid.size())
        .mapToDouble(index -> sum.counts()[0][index] + sum.counts()[1][index])
        .toArray();
  }

  /// The experts chosen most often.
  Set<ExpertId> best(double[] counts, int capacity) {
    Set<ExpertId> best = new HashSet<>();
    IntStream.range(0, grid.size())
        .boxed()
        .sorted((one, other) -> Double.compare(counts[other], counts[one]))
        .limit(capacity)
        .forEach(index -> best.add(grid.at(index)));
    return best;
  }

  double hitRate(Set<ExpertId> resident, double[] counts) {
    double hits = resident.stream().mapToDouble(id -> counts[grid.indexOf(id)]).sum();
    return hits / Arrays.stream(counts).sum();
  }
}

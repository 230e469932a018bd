package io.fiddler.scale;

import io.fiddler.expert.ActivationCounters;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/// The choices of a replica's routers: in each layer the first experts are liked most, as Zipf's
/// law has it, and every layer likes others.
final class RoutedTokens implements ActivationCounters {
  private final ExpertGrid grid;
  private final Map<String, AtomicLongArray[]> counts = new ConcurrentHashMap<>();

  RoutedTokens(ExpertGrid grid) {
    this.grid = grid;
  }

  /// Counts the choices of `tokens` tokens in all layers.
  void count(String tenant, Phase phase, int tokens) {
    AtomicLongArray of = counts.computeIfAbsent(tenant, _ -> fresh())[phase.ordinal()];
    for (int layer = 0; layer < grid.numLayers(); layer++) {
      int experts = grid.numExperts(layer);
      long left = (long) tokens * ScaleLoad.EXPERTS_PER_TOKEN;
      for (int rank = experts; rank >= 1; rank--) {
        // The most liked one gets what rounding leaves.
        long times = rank == 1 ? left : (long) tokens / rank / experts;
        of.addAndGet(grid.indexOf(layer, (rank + layer) % experts), times);
        left -= times;
      }
    }
  }

  private AtomicLongArray[] fresh() {
    AtomicLongArray[] phases = new AtomicLongArray[Phase.values().length];
    for (int i = 0; i < phases.length; i++) {
      phases[i] = new AtomicLongArray(grid.size());
    }
    return phases;
  }

  @Override
  public ExpertGrid grid() {
    return grid;
  }

  @Override
  public Map<String, ActivationSnapshot> snapshot() {
    Map<String, ActivationSnapshot> snapshot = new HashMap<>();
    counts.forEach((tenant, phases) -> snapshot.put(tenant, snapshot(phases)));
    return snapshot;
  }

  private ActivationSnapshot snapshot(AtomicLongArray[] phases) {
    long[][] numbers = new long[phases.length][grid.size()];
    for (int phase = 0; phase < phases.length; phase++) {
      for (int i = 0; i < grid.size(); i++) {
        numbers[phase][i] = phases[phase].get(i);
      }
    }
    return new ActivationSnapshot(numbers);
  }
}

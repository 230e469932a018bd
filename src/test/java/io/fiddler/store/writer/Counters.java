package io.fiddler.store.writer;

import io.fiddler.expert.ActivationCounters;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Counters a test can count with.
final class Counters implements ActivationCounters {
  private final ExpertGrid grid;
  private final Map<String, long[][]> counts = new HashMap<>();

  Counters(ExpertGrid grid) {
    this.grid = grid;
  }

  synchronized void count(String tenant, Phase phase, int layer, int expert, long times) {
    counts
            .computeIfAbsent(tenant, _ -> new long[Phase.values().length][grid.size()])[
            phase.ordinal()][grid.indexOf(layer, expert)] +=
        times;
  }

  Optional<CountedModel> as(String fingerprint) {
    return Optional.of(new CountedModel(fingerprint, this));
  }

  @Override
  public ExpertGrid grid() {
    return grid;
  }

  @Override
  public synchronized Map<String, ActivationSnapshot> snapshot() {
    Map<String, ActivationSnapshot> snapshot = new HashMap<>();
    counts.forEach((tenant, phases) ->
        snapshot.put(
            tenant, new ActivationSnapshot(new long[][] {phases[0].clone(), phases[1].clone()})));
    return snapshot;
  }
}

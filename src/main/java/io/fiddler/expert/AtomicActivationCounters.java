package io.fiddler.expert;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;

/// Counters in one atomic array a tenant, made when the tenant is first counted.
public final class AtomicActivationCounters implements ActivationCounters {
  private static final int NUM_PHASES = Phase.values().length;

  private final ExpertGrid grid;
  private final ConcurrentMap<String, AtomicLongArray> countsOfTenant = new ConcurrentHashMap<>();

  /// Nothing counted yet.
  public AtomicActivationCounters(ExpertGrid grid) {
    this.grid = grid;
  }

  @Override
  public ExpertGrid grid() {
    return grid;
  }

  /// Counts the choices `selectedExperts[from, to)` of one layer.
  ///
  /// @param tenant on whose behalf
  /// @param phase for which kind of token
  /// @param layer whose router chose
  /// @param selectedExperts expert ids in the layer
  /// @param from first choice counted
  /// @param to end of the choices counted
  public void count(
      String tenant, Phase phase, int layer, int[] selectedExperts, int from, int to) {
    AtomicLongArray counts = countsOf(tenant);
    int base = phase.ordinal() * grid.size();
    for (int i = from; i < to; i++) {
      counts.getAndIncrement(base + grid.indexOf(layer, selectedExperts[i]));
    }
  }

  private AtomicLongArray countsOf(String tenant) {
    AtomicLongArray counts = countsOfTenant.get(tenant); // never locks, unlike computeIfAbsent
    return counts != null
        ? counts
        : countsOfTenant.computeIfAbsent(
            tenant, _ -> new AtomicLongArray(NUM_PHASES * grid.size()));
  }

  @Override
  public Map<String, ActivationSnapshot> snapshot() {
    Map<String, ActivationSnapshot> snapshot = new TreeMap<>();
    countsOfTenant.forEach((tenant, counts) -> snapshot.put(tenant, copy(counts)));
    return snapshot;
  }

  private ActivationSnapshot copy(AtomicLongArray counts) {
    long[][] copy = new long[NUM_PHASES][grid.size()];
    for (int phase = 0; phase < NUM_PHASES; phase++) {
      for (int index = 0; index < grid.size(); index++) {
        copy[phase][index] = counts.get(phase * grid.size() + index);
      }
    }
    return new ActivationSnapshot(copy);
  }
}

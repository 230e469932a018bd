package io.fiddler.expert;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;

/// Counters in one array a tenant, made when the tenant is first counted. One thread counts at a
/// time: an increment is then a plain read and a released write, which costs a tenth of an atomic
/// one and is as exact. A snapshot sees every cell at some moment of its making.
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
    of(tenant).count(phase, layer, selectedExperts, from, to);
  }

  /// The counters of one tenant, for whoever counts for it more than once.
  public Tally of(String tenant) {
    return new Tally(grid, countsOf(tenant));
  }

  /// The counters of one tenant. Used from the counting thread.
  public static final class Tally {
    private final ExpertGrid grid;
    private final AtomicLongArray counts;

    private Tally(ExpertGrid grid, AtomicLongArray counts) {
      this.grid = grid;
      this.counts = counts;
    }

    /// Counts the choices `selectedExperts[from, to)` of one layer.
    ///
    /// @throws IndexOutOfBoundsException if the layer has no such expert; nothing is counted then
    public void count(Phase phase, int layer, int[] selectedExperts, int from, int to) {
      int experts = grid.numExperts(layer);
      for (int i = from; i < to; i++) {
        if (selectedExperts[i] < 0 || selectedExperts[i] >= experts) {
          grid.indexOf(layer, selectedExperts[i]); // tells what is wrong
        }
      }
      if (from == to) {
        return;
      }
      int first = phase.ordinal() * grid.size() + grid.indexOf(layer, 0);
      for (int i = from; i < to; i++) {
        int cell = first + selectedExperts[i];
        counts.setRelease(cell, counts.getPlain(cell) + 1);
      }
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

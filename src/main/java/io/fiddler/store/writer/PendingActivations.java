package io.fiddler.store.writer;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.store.batch.ActivationRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the counters counted and no batch has taken yet. Coalesces by row, so an outage costs one
/// row an hour, layer, phase and tenant, and nothing is ever dropped. One thread.
final class PendingActivations {
  // Sorted: writers that touch the same rows must lock them in the same order.
  private final NavigableMap<ActivationRow.Key, long[]> pending = new TreeMap<>();
  private Map<String, ActivationSnapshot> baseline = Map.of();
  private @Nullable CountedModel current;

  /// Takes what was counted since the last call into the hour of `now`. Without a model, the last
  /// one known may still have counted something.
  void collect(Optional<CountedModel> model, Instant now) {
    Instant hour = now.truncatedTo(ChronoUnit.HOURS);
    if (current != null && model.isPresent() && replaces(model.get(), current)) {
      collect(current, hour);
      baseline = Map.of();
    }
    current = model.orElse(current);
    if (current != null) {
      collect(current, hour);
    }
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  /// Room that everything needs.
  long bytes() {
    return pending.entrySet().stream()
        .mapToLong(entry -> RowSizes.of(new ActivationRow(entry.getKey(), entry.getValue())))
        .sum();
  }

  /// Hands over rows that together need at most `limitBytes`, but one if that is larger than any
  /// batch may be.
  List<ActivationRow> drain(long limitBytes) {
    List<ActivationRow> rows = new ArrayList<>();
    long room = limitBytes;
    for (var entry = pending.firstEntry(); entry != null; entry = pending.firstEntry()) {
      ActivationRow row = new ActivationRow(entry.getKey(), entry.getValue());
      room -= RowSizes.of(row);
      if (room < 0 && !(rows.isEmpty() && limitBytes >= Outbox.BATCH_BYTES)) {
        break;
      }
      rows.add(row);
      pending.pollFirstEntry();
    }
    return rows;
  }

  /// Takes back what was handed over and not written.
  void add(List<ActivationRow> rows) {
    rows.forEach(row -> pending.merge(row.key(), row.counts(), PendingActivations::sum));
  }

  @SuppressWarnings("ReferenceEquality") // a reloaded model counts from zero in other counters
  private static boolean replaces(CountedModel model, CountedModel old) {
    return model.counters() != old.counters();
  }

  private void collect(CountedModel model, Instant hour) {
    Map<String, ActivationSnapshot> snapshot = model.counters().snapshot();
    ExpertGrid grid = model.counters().grid();
    snapshot.forEach((tenant, counts) -> {
      ActivationSnapshot before = baseline.get(tenant);
      ActivationSnapshot delta = before == null ? counts : counts.minus(before);
      for (Phase phase : Phase.values()) {
        add(model.fingerprint(), grid, tenant, phase, hour, delta.counts()[phase.ordinal()]);
      }
    });
    baseline = snapshot;
  }

  private void add(
      String fingerprint,
      ExpertGrid grid,
      String tenant,
      Phase phase,
      Instant hour,
      long[] deltas) {
    int first = 0;
    for (int layer = 0; layer < grid.numLayers(); layer++) {
      int beyond = first + grid.numExperts(layer);
      long[] counts = Arrays.copyOfRange(deltas, first, beyond);
      if (Arrays.stream(counts).anyMatch(count -> count != 0)) {
        pending.merge(
            new ActivationRow.Key(fingerprint, hour, layer, phase, tenant),
            counts,
            PendingActivations::sum);
      }
      first = beyond;
    }
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }
}

package io.fiddler.learning.drift;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.learning.drift.DriftStatus.Hour;
import io.fiddler.placement.drift.Divergence;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The layers' histograms of this hour, and how far each of the last hours was from the history.
/// Not thread-safe.
final class HourlyDivergence {
  private static final int HOURS = 24;

  private final ExpertGrid grid;
  private final double[] counts;
  private final Deque<Hour> past = new ArrayDeque<>();
  private Instant hour = Instant.EPOCH;
  private @Nullable Hour latest;
  private long assignments;

  HourlyDivergence(ExpertGrid grid) {
    this.grid = grid;
    this.counts = new double[grid.size()];
  }

  /// Adds what was counted until `now`; without a history, hours are not compared.
  void add(
      ActivationSnapshot counted, Instant now, double @Nullable [] history, double dispersion) {
    Instant current = now.truncatedTo(ChronoUnit.HOURS);
    if (!current.equals(hour)) {
      begin(current);
    }
    if (counted.total() == 0) {
      return;
    }
    for (Phase phase : Phase.values()) {
      for (int index = 0; index < counts.length; index++) {
        counts[index] += counted.count(phase, index);
      }
    }
    assignments += counted.total();
    if (history != null) {
      Divergence divergence = Divergence.between(grid, counts, history, dispersion);
      latest = new Hour(hour, assignments, divergence.mean(), divergence.max());
    }
  }

  private void begin(Instant next) {
    if (latest != null) {
      past.addFirst(latest);
      if (past.size() >= HOURS) {
        past.removeLast();
      }
    }
    latest = null;
    assignments = 0;
    Arrays.fill(counts, 0);
    hour = next;
  }

  /// This hour, if there was traffic, and those before it.
  List<Hour> hours() {
    List<Hour> hours = new ArrayList<>(past);
    if (latest != null) {
      hours.addFirst(latest);
    }
    return hours;
  }
}

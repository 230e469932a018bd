package io.fiddler.placement;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How often each expert was chosen, by phase; counts may be decayed and so fractional.
public final class ActivationStatistics {
  private final ExpertGrid grid;
  private final double[][] counts;
  private @Nullable Instant since;

  /// No history.
  public ActivationStatistics(ExpertGrid grid) {
    this.grid = grid;
    this.counts = new double[Phase.values().length][grid.size()];
  }

  /// What a router's counters counted.
  public static ActivationStatistics of(ExpertGrid grid, ActivationSnapshot counts) {
    ActivationStatistics statistics = new ActivationStatistics(grid);
    for (Phase phase : Phase.values()) {
      for (int index = 0; index < grid.size(); index++) {
        statistics.add(phase, index, (double) counts.count(phase, index));
      }
    }
    return statistics;
  }

  /// The sum of some.
  public static ActivationStatistics sum(
      ExpertGrid grid, Iterable<ActivationStatistics> statistics) {
    ActivationStatistics sum = new ActivationStatistics(grid);
    statistics.forEach(one -> sum.addAll(one, 1));
    return sum;
  }

  /// The experts counted.
  public ExpertGrid grid() {
    return grid;
  }

  /// Adds to one expert's count.
  public void add(Phase phase, int layer, int expert, double count) {
    add(phase, grid.indexOf(layer, expert), count);
  }

  /// Adds to the count of the expert at a dense index.
  public void add(Phase phase, int index, double count) {
    if (!(count >= 0) || count == Double.POSITIVE_INFINITY) {
      ExpertId id = grid.at(index);
      throw new IllegalArgumentException(
          "a count must be finite and at least 0, got %s for expert %d.%d"
              .formatted(count, id.layer(), id.expert()));
    }
    counts[phase.ordinal()][index] += count;
  }

  /// Adds all of another's counts, each times `factor`; the grids must be alike.
  public void addAll(ActivationStatistics other, double factor) {
    if (other.grid.size() != grid.size()) {
      throw new IllegalArgumentException(
          "statistics must be of as many experts, got %d and %d"
              .formatted(grid.size(), other.grid.size()));
    }
    if (!(factor >= 0) || factor == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("a factor must be finite and at least 0, got " + factor);
    }
    for (int phase = 0; phase < counts.length; phase++) {
      for (int index = 0; index < grid.size(); index++) {
        counts[phase][index] += factor * other.counts[phase][index];
      }
    }
    other.since().ifPresent(this::countedSince);
  }

  /// Adds to the counts of all experts of a layer, each weighted.
  public void add(Phase phase, int layer, long[] more, double weight) {
    if (more.length != grid.numExperts(layer)) {
      throw new IllegalArgumentException(
          "layer %d has %d experts, got %d counts"
              .formatted(layer, grid.numExperts(layer), more.length));
    }
    addFrom(more.length == 0 ? 0 : grid.indexOf(layer, 0), phase, more, weight);
  }

  /// Adds to the counts of all experts, in the order of their dense index, each weighted.
  public void add(Phase phase, long[] more, double weight) {
    if (more.length != grid.size()) {
      throw new IllegalArgumentException(
          "there are %d experts, got %d counts".formatted(grid.size(), more.length));
    }
    addFrom(0, phase, more, weight);
  }

  private void addFrom(int first, Phase phase, long[] more, double weight) {
    if (!(weight >= 0) || weight == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("a weight must be finite and at least 0, got " + weight);
    }
    double[] all = counts[phase.ordinal()];
    for (int i = 0; i < more.length; i++) {
      if (more[i] < 0) {
        throw new IllegalArgumentException(
            "a count must be at least 0, got %d for expert %s"
                .formatted(more[i], grid.at(first + i)));
      }
      all[first + i] += more[i] * weight;
    }
  }

  /// Something was counted from this moment on; the earliest one told holds.
  public void countedSince(Instant moment) {
    since = since == null || moment.isBefore(since) ? moment : since;
  }

  /// Begin of the time the counts are of; empty if that was never told.
  public Optional<Instant> since() {
    return Optional.ofNullable(since);
  }

  /// Count of the expert at a dense index.
  public double count(Phase phase, int index) {
    return counts[phase.ordinal()][index];
  }

  /// Count over all experts.
  public double total(Phase phase) {
    double total = 0;
    for (double count : counts[phase.ordinal()]) {
      total += count;
    }
    return total;
  }

  /// Count over all experts and both phases.
  public double total() {
    return total(Phase.PREFILL) + total(Phase.DECODE);
  }

  /// Whether nothing was counted.
  public boolean isEmpty() {
    return total() == 0;
  }
}

package io.fiddler.placement.correction;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;

/// The latest activations: counts that count half once as many assignments came after them as the
/// half-life says. So a service without traffic forgets nothing over night, and a busy one follows
/// its traffic in seconds; but never in less than one, or a busy one would know its last batch
/// only.
///
/// Not thread-safe.
public final class RunningWindow {
  private static final double MIN_HALF_LIFE_NANOS = 1e9;

  private final ExpertGrid grid;
  private final double halfLife;
  private final double[][] counts;
  private double total;

  /// An empty window.
  ///
  /// @param halfLifePerExpert assignments an expert, on average, after which one counts half
  public RunningWindow(ExpertGrid grid, double halfLifePerExpert) {
    this.grid = grid;
    this.halfLife = halfLifePerExpert * Math.max(1, grid.size());
    this.counts = new double[Phase.values().length][grid.size()];
  }

  /// Adds what was counted in the last `elapsedNanos`.
  public void add(ActivationSnapshot counted, long elapsedNanos) {
    long added = counted.total();
    if (added == 0) {
      return;
    }
    keep(
        Math.pow(0.5, Math.min(added / halfLife, Math.max(0, elapsedNanos) / MIN_HALF_LIFE_NANOS)));
    for (Phase phase : Phase.values()) {
      double[] of = counts[phase.ordinal()];
      for (int index = 0; index < of.length; index++) {
        of[index] += counted.count(phase, index);
      }
    }
    total += added;
  }

  /// Keeps a part, in [0, 1], of everything counted.
  void keep(double part) {
    for (double[] of : counts) {
      for (int index = 0; index < of.length; index++) {
        of[index] *= part;
      }
    }
    total *= part;
  }

  /// A copy of the counts over both phases.
  Sample sample() {
    double[] sample = new double[grid.size()];
    for (int index = 0; index < sample.length; index++) {
      sample[index] = count(index);
    }
    return new Sample(sample);
  }

  /// The experts counted.
  public ExpertGrid grid() {
    return grid;
  }

  /// Decayed count of an expert in one phase, by its dense index.
  public double count(Phase phase, int index) {
    return counts[phase.ordinal()][index];
  }

  /// Decayed count of an expert over both phases.
  public double count(int index) {
    double count = 0;
    for (double[] phase : counts) {
      count += phase[index];
    }
    return count;
  }

  /// Decayed count of everything.
  public double total() {
    return total;
  }
}

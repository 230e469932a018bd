package io.fiddler.expert;

import java.util.Collection;

/// Counts at one moment.
///
/// @param counts `[phase.ordinal()][grid.indexOf(layer, expert)]`
@SuppressWarnings("ArrayRecordComponent") // owned by whoever took the snapshot, never compared
public record ActivationSnapshot(long[][] counts) {
  /// Nothing counted.
  public static ActivationSnapshot zero(ExpertGrid grid) {
    return new ActivationSnapshot(new long[Phase.values().length][grid.size()]);
  }

  /// The sum of several over the same grid, for example of all tenants.
  public static ActivationSnapshot sum(ExpertGrid grid, Collection<ActivationSnapshot> snapshots) {
    ActivationSnapshot sum = zero(grid);
    for (ActivationSnapshot snapshot : snapshots) {
      for (int phase = 0; phase < sum.counts.length; phase++) {
        for (int i = 0; i < grid.size(); i++) {
          sum.counts[phase][i] += snapshot.counts[phase][i];
        }
      }
    }
    return sum;
  }

  /// Count of one expert in one phase, by the expert's dense index.
  public long count(Phase phase, int index) {
    return counts[phase.ordinal()][index];
  }

  /// What was counted since `earlier`.
  public ActivationSnapshot minus(ActivationSnapshot earlier) {
    long[][] difference = new long[counts.length][];
    for (int phase = 0; phase < counts.length; phase++) {
      difference[phase] = counts[phase].clone();
      for (int i = 0; i < difference[phase].length; i++) {
        difference[phase][i] -= earlier.counts[phase][i];
      }
    }
    return new ActivationSnapshot(difference);
  }

  /// Sum over everything.
  public long total() {
    long total = 0;
    for (long[] phase : counts) {
      for (long count : phase) {
        total += count;
      }
    }
    return total;
  }
}

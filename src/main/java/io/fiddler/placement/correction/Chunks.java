package io.fiddler.placement.correction;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.Phase;
import java.util.Optional;

/// Cuts the traffic into pieces that hold enough for Pearson's statistic: a text or two.
final class Chunks {
  private static final int COUNTS_PER_EXPERT = 16;

  private double[] counts;
  private long total;

  Chunks(int numExperts) {
    this.counts = new double[numExperts];
  }

  /// Adds some; the chunk that is full with it, if one is.
  Optional<Sample> add(ActivationSnapshot counted) {
    for (Phase phase : Phase.values()) {
      for (int index = 0; index < counts.length; index++) {
        counts[index] += counted.count(phase, index);
      }
    }
    total += counted.total();
    if (total < (long) COUNTS_PER_EXPERT * counts.length) {
      return Optional.empty();
    }
    Sample full = new Sample(counts);
    counts = new double[counts.length];
    total = 0;
    return Optional.of(full);
  }
}

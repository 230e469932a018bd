package io.fiddler.placement.correction;

import org.jspecify.annotations.Nullable;

/// How much more counts vary than if every assignment were drawn on its own: tokens of one text
/// choose alike, so a thousand assignments tell less than a thousand draws. 1 for independent
/// draws; texts of one kind show 1.5 to 3.
///
/// Each chunk is compared with the one before it, so a change of workload shows in one pair only,
/// and workloads that take turns show as what they are: variation.
final class Dispersion {
  /// Before anything is known, and the least and most that is believed.
  private static final double INITIAL = 2;

  private static final double MIN = 1;
  private static final double MAX = 10;

  private static final double WEIGHT_OF_ONE = 1.0 / 32;

  private @Nullable Sample before;
  private double value = INITIAL;

  void add(Sample chunk) {
    if (before != null) {
      value += WEIGHT_OF_ONE * (Math.clamp(chunk.differenceFrom(before), MIN, MAX) - value);
    }
    before = chunk;
  }

  double value() {
    return value;
  }
}

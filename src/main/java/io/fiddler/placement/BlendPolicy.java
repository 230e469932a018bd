package io.fiddler.placement;

import java.util.Map;

/// The experts chosen most often in the long run and of late: each of the two memories is scaled to
/// one, then they are mixed, and the forecast is of the mixture. Without recent traffic the long
/// memory decides alone.
public final class BlendPolicy implements PlacementPolicy {
  /// The name in placements.
  public static final String NAME = "blend";

  private final double recent;

  /// With a share of recent traffic.
  ///
  /// @param recent weight of recent traffic in [0, 1]
  public BlendPolicy(double recent) {
    if (!(recent >= 0 && recent <= 1)) {
      throw new IllegalArgumentException(
          "recent of %s must be in [0, 1], got %s".formatted(NAME, recent));
    }
    this.recent = recent;
  }

  @Override
  public Placement plan(PastActivations past, int capacity) {
    ActivationStatistics mixed = new ActivationStatistics(past.grid());
    addScaled(mixed, past.decayed(), 1 - recent);
    addScaled(mixed, past.recent(), recent);
    if (mixed.isEmpty()) {
      mixed.addAll(past.decayed(), 1);
    }
    return WeightedExperts.placement(
        NAME,
        past,
        WeightedExperts.weights(mixed, 1),
        mixed,
        capacity,
        Map.of("recent", Double.toString(recent)));
  }

  private static void addScaled(
      ActivationStatistics sum, ActivationStatistics statistics, double weight) {
    double total = statistics.total();
    // What has decayed to almost nothing cannot be scaled up without overflow, and tells nothing.
    if (total > 1) {
      sum.addAll(statistics, weight / total);
    }
  }
}

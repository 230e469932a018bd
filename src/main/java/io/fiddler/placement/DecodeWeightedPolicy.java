package io.fiddler.placement;

import java.util.Map;

/// The most chosen experts, where a generated token's choice counts more, or less, than a prompt
/// token's. A miss while decoding delays one token by itself; a prompt's tokens share the experts
/// fetched for them, and a long one needs nearly all experts whatever is resident.
public final class DecodeWeightedPolicy implements PlacementPolicy {
  /// The name in placements.
  public static final String NAME = "decode-weighted";

  private final double weight;

  /// With a weight of decoding.
  ///
  /// @param weight of a generated token's choice, if that of a prompt token's is 1
  public DecodeWeightedPolicy(double weight) {
    if (!(weight > 0) || weight == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "weight of %s must be a number above 0, got %s".formatted(NAME, weight));
    }
    this.weight = weight;
  }

  @Override
  public Placement plan(PastActivations past, int capacity) {
    return WeightedExperts.placement(
        NAME,
        past,
        WeightedExperts.weights(past.decayed(), weight),
        past.decayed(),
        capacity,
        Map.of("weight", Double.toString(weight)));
  }
}

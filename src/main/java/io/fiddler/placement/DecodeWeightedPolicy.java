package io.fiddler.placement;

import io.fiddler.placement.Placement.ScoredExpert;
import java.util.List;
import java.util.Locale;
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
    List<ScoredExpert> experts =
        WeightedExperts.heaviest(
            past.grid(), WeightedExperts.weights(past.decayed(), weight), capacity);
    return new Placement(
        experts,
        NAME,
        Map.of(
            "capacity", Integer.toString(capacity),
            "assignments", String.format(Locale.ROOT, "%.0f", past.decayed().total()),
            "weight", Double.toString(weight)),
        Forecasts.of(past.decayed(), experts.stream().map(ScoredExpert::id).toList()));
  }
}

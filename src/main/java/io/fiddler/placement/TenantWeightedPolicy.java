package io.fiddler.placement;

import java.util.Map;
import java.util.TreeMap;

/// The experts chosen most often where every tenant has the same say, or one that was configured,
/// however much it asks for: one loud tenant does not own the device.
///
/// A tenant's counts are scaled to its weight. One that has few counts, less than {@value
/// #FEW_PER_EXPERT} an expert of the model, tells little about what it will choose: its say is
/// reduced in proportion. Without counts by tenant it is {@link FrequencyPolicy}.
public final class TenantWeightedPolicy implements PlacementPolicy {
  /// The name in placements.
  public static final String NAME = "tenant-weighted";

  private static final int FEW_PER_EXPERT = 20;

  private final Map<String, Double> weights;

  /// With weights of tenants.
  ///
  /// @param weights of tenants; those not named have 1, and 0 is none
  public TenantWeightedPolicy(Map<String, Double> weights) {
    weights.forEach((tenant, weight) -> {
      if (!(weight >= 0) || weight == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "the weight of a tenant in %s must be a number of at least 0, got %s for %s"
                .formatted(NAME, weight, tenant));
      }
    });
    this.weights = new TreeMap<>(weights);
  }

  @Override
  public Placement plan(PastActivations past, int capacity) {
    ActivationStatistics weighted = new ActivationStatistics(past.grid());
    double enough = (double) FEW_PER_EXPERT * past.grid().size();
    past.byTenant()
        .forEach((tenant, counts) -> {
          double say = weights.getOrDefault(tenant, 1.0);
          weighted.addAll(counts, say / Math.max(enough, counts.total()));
        });
    ActivationStatistics decisive = weighted.isEmpty() ? past.decayed() : weighted;
    return WeightedExperts.placement(
        NAME,
        past,
        WeightedExperts.weights(decisive, 1),
        past.decayed(),
        capacity,
        parameters(past));
  }

  private Map<String, String> parameters(PastActivations past) {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("tenants", Integer.toString(past.byTenant().size()));
    weights.forEach((tenant, weight) -> parameters.put("weight." + tenant, weight.toString()));
    return parameters;
  }
}

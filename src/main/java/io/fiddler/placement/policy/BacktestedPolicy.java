package io.fiddler.placement.policy;

import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.PlacementPolicy;

/// A policy whose forecasts are as uncertain as its earlier ones were wrong.
///
/// @param policy which plans
/// @param halfLives ages at which activations count half
record BacktestedPolicy(PlacementPolicy policy, HalfLives halfLives) implements PlacementPolicy {
  @Override
  public Placement plan(PastActivations past, int capacity) {
    Placement placement = policy.plan(past, capacity);
    return past.isEmpty()
        ? placement
        : placement.with(
            placement
                .forecast()
                .with(
                    Backtest.of(policy, past, halfLives, capacity, Backtest.A_DAY)
                        .uncertainty()
                        .halfWidth()));
  }
}

package io.fiddler.placement;

/// What the service uses: the experts chosen most often as soon as there is a history, an even
/// spread until then.
public final class LearnedPolicy implements PlacementPolicy {
  private final PlacementPolicy withHistory = new FrequencyPolicy();
  private final PlacementPolicy withoutHistory = new EvenSpreadPolicy();

  @Override
  public Placement plan(PastActivations past, int capacity) {
    PlacementPolicy policy = past.isEmpty() ? withoutHistory : withHistory;
    return policy.plan(past, capacity);
  }
}

package io.fiddler.placement;

/// From what was counted to a placement. Pure: same input, same placement.
@FunctionalInterface
public interface PlacementPolicy {
  /// The placement of at most `capacity` experts.
  Placement plan(PastActivations past, int capacity);
}

package io.fiddler.placement;

/// From statistics to a placement. Pure: same input, same placement.
public interface PlacementPolicy {
  /// The placement of at most `capacity` experts.
  Placement plan(ActivationStatistics statistics, int capacity);
}

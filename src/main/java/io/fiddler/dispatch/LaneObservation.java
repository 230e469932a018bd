package io.fiddler.dispatch;

import java.util.List;

/// What one lane did in one go, and how long that really took.
///
/// @param lane which lane
/// @param shares what it computed or copied, at least one
/// @param nanos how long it was busy with it, above zero
public record LaneObservation(CostLane lane, List<Share> shares, double nanos) {
  /// A part of one expert.
  ///
  /// @param rows rows routed to the expert, at least one
  /// @param experts how much of it: slices over all slices, in (0, 1]
  public record Share(int rows, double experts) {
    public Share {
      if (rows < 1 || !(experts > 0) || experts > 1) {
        throw new IllegalArgumentException(
            "a share needs at least 1 row and a part in (0, 1] of an expert, got %d rows and %s"
                .formatted(rows, experts));
      }
    }
  }

  public LaneObservation {
    shares = List.copyOf(shares);
    if (shares.isEmpty() || !(nanos > 0) || nanos == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "an observation needs at least one share and a finite time above 0 ns, got %d and %s ns"
              .formatted(shares.size(), nanos));
    }
  }
}

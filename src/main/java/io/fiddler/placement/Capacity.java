package io.fiddler.placement;

import io.fiddler.expert.ExpertGrid;

/// How many experts a placement may hold.
final class Capacity {
  private Capacity() {}

  /// At most all experts.
  static int within(int capacity, ExpertGrid grid) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity must be at least 0, got " + capacity);
    }
    return Math.min(capacity, grid.size());
  }
}

package io.fiddler.placement;

import java.time.Duration;

/// Ages at which an activation counts half.
///
/// @param decayed for the long memory
/// @param recent for what the traffic is now
public record HalfLives(Duration decayed, Duration recent) {
  public HalfLives {
    if (!decayed.isPositive() || !recent.isPositive()) {
      throw new IllegalArgumentException(
          "half-lives must be positive, got %s and %s".formatted(decayed, recent));
    }
  }
}

package io.fiddler.placement;

import java.time.Duration;

/// Ages at which an activation counts half.
///
/// @param decayed for the long memory
/// @param recent for what the traffic is now
public record HalfLives(Duration decayed, Duration recent) {
  /// A week, and an hour.
  public static final HalfLives DEFAULT = new HalfLives(Duration.ofDays(7), Duration.ofHours(1));

  public HalfLives {
    if (!decayed.isPositive() || !recent.isPositive()) {
      throw new IllegalArgumentException(
          "half-lives must be positive, got %s and %s".formatted(decayed, recent));
    }
  }

  /// What is left after `age` of something that counts half after `halfLife`; of the future,
  /// everything.
  public static double decay(Duration age, Duration halfLife) {
    return age.isNegative() ? 1 : Math.pow(0.5, seconds(age) / seconds(halfLife));
  }

  private static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }
}

package io.fiddler.placement.correction;

import java.time.Duration;

/// When an exchange is worth it.
///
/// @param margin by which part of its share the expert that comes must be chosen more often than
///   the one that leaves, for example 0.1
/// @param confidence how many standard errors of the counts the gain must be
/// @param horizon how long the traffic is trusted to stay as it is: within this the exchange must
///   earn more hits than its copy costs
/// @param dwell how long at least an expert stays where it was just brought
/// @param maxCopyBytesPerSecond most bytes copied a second, over all exchanges
public record ExchangeRules(
    double margin,
    double confidence,
    Duration horizon,
    Duration dwell,
    long maxCopyBytesPerSecond) {
  public ExchangeRules {
    if (!(margin >= 0) || !(confidence >= 0)) {
      throw new IllegalArgumentException(
          "margin and confidence must be at least 0, got %s and %s".formatted(margin, confidence));
    }
    if (!horizon.isPositive() || dwell.isNegative() || maxCopyBytesPerSecond <= 0) {
      throw new IllegalArgumentException(
          "horizon and bytes a second must be positive and dwell not negative, got %s, %d and %s"
              .formatted(horizon, maxCopyBytesPerSecond, dwell));
    }
  }
}

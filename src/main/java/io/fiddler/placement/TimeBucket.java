package io.fiddler.placement;

import java.time.Duration;
import java.time.Instant;

/// What was counted in some time.
///
/// @param start its begin
/// @param width its length
/// @param counts as counted, without decay
public record TimeBucket(Instant start, Duration width, ActivationStatistics counts) {
  private static final int TELLING_PER_EXPERT = 4;

  /// When its counts are from, on average.
  public Instant middle() {
    return start.plus(width.dividedBy(2));
  }

  /// When it ended.
  public Instant end() {
    return start.plus(width);
  }

  /// Whether enough was counted to tell a hit rate: {@value #TELLING_PER_EXPERT} choices an expert.
  public boolean isTelling() {
    int experts = counts.grid().size();
    return experts > 0 && counts.total() >= (double) TELLING_PER_EXPERT * experts;
  }
}

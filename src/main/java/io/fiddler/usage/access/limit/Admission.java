package io.fiddler.usage.access.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whether a key may do what it wants to.
public sealed interface Admission {
  /// It may. To be given back by {@link Limiter#release} or {@link Limiter#settle}.
  record Granted(Stake stake) implements Admission {}

  /// It may not now.
  ///
  /// @param what `requests`, `tokens`, `month` or `concurrent`
  /// @param limit that it has reached
  /// @param asked how many units it wanted
  /// @param retryAfter when to try again
  record Exceeded(String what, long limit, long asked, Duration retryAfter) implements Admission {}

  /// What was taken for it.
  ///
  /// @param permit whether it runs under a permit
  /// @param asked units of the limits below
  /// @param tokens of the minute; null if that is not limited
  /// @param month of the month; null if that is not limited
  record Stake(
      boolean permit,
      long asked,
      LeasedLimit.Spent.@Nullable Units tokens,
      LeasedLimit.Spent.@Nullable Units month) {}
}

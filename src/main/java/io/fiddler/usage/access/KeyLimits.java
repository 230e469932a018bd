package io.fiddler.usage.access;

import org.jspecify.annotations.Nullable;

/// How much a key may be used; null for no limit.
///
/// @param requestsPerMinute most requests in any minute
/// @param tokensPerMinute most tokens of prompts and answers in any minute
/// @param concurrentRequests most requests at once
/// @param monthlyTokens most tokens in a month (UTC)
public record KeyLimits(
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    @Nullable Long concurrentRequests,
    @Nullable Long monthlyTokens) {
  /// No limits.
  public static final KeyLimits NONE = new KeyLimits(null, null, null, null);

  public KeyLimits {
    positive("requestsPerMinute", requestsPerMinute);
    positive("tokensPerMinute", tokensPerMinute);
    positive("concurrentRequests", concurrentRequests);
    positive("monthlyTokens", monthlyTokens);
  }

  private static void positive(String name, @Nullable Long value) {
    if (value != null && value < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1, or left out for no limit, got %d".formatted(name, value));
    }
  }
}

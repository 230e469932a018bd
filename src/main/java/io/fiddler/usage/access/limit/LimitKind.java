package io.fiddler.usage.access.limit;

import io.fiddler.usage.access.KeyLimits;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is limited by number in a time.
public enum LimitKind {
  /// Requests in any minute.
  REQUESTS,
  /// Tokens in any minute.
  TOKENS,
  /// Tokens in a month (UTC).
  MONTH;

  /// As the database calls it.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The limit of a key; null if it has none.
  public @Nullable Long of(KeyLimits limits) {
    return switch (this) {
      case REQUESTS -> limits.requestsPerMinute();
      case TOKENS -> limits.tokensPerMinute();
      case MONTH -> limits.monthlyTokens();
    };
  }
}

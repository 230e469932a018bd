package io.fiddler.usage.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A key without its secret.
///
/// @param id its public part
/// @param settings what an administrator decided about it
/// @param disabled whether it no longer counts
/// @param createdAt when
/// @param rotatedAt when it last got another secret; null if never
public record ApiKey(
    String id,
    KeySettings settings,
    boolean disabled,
    Instant createdAt,
    @Nullable Instant rotatedAt) {
  /// Whether its time is over.
  public boolean isExpired(Instant now) {
    Instant end = settings.expiresAt();
    return end != null && !now.isBefore(end);
  }

  /// Whether it may be used for this.
  public boolean may(Scope scope) {
    return settings.scopes().contains(scope);
  }
}

package io.fiddler.usage.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A key as it is kept.
///
/// @param key who it is
/// @param digest of its text
/// @param previous the digest before the last rotation; null if there is none
/// @param previousUntil how long that still counts
public record StoredKey(
    ApiKey key, KeyDigest digest, @Nullable KeyDigest previous, @Nullable Instant previousUntil) {
  /// Whether a text of this digest is this key. Both are always compared.
  public boolean isKnownBy(KeyDigest sent, Instant now) {
    boolean current = digest.equals(sent);
    boolean before = previous != null && previous.equals(sent);
    return current || (before && previousUntil != null && now.isBefore(previousUntil));
  }

  /// The same with other settings.
  StoredKey with(KeySettings settings) {
    return with(new ApiKey(key.id(), settings, key.disabled(), key.createdAt(), key.rotatedAt()));
  }

  /// The same, disabled or not.
  StoredKey disabled(boolean disabled) {
    return with(new ApiKey(key.id(), key.settings(), disabled, key.createdAt(), key.rotatedAt()));
  }

  /// With another secret.
  ///
  /// @param graceUntil how long the present one still counts
  StoredKey rotated(KeyDigest next, Instant now, Instant graceUntil) {
    ApiKey rotated = new ApiKey(key.id(), key.settings(), key.disabled(), key.createdAt(), now);
    return graceUntil.isAfter(now)
        ? new StoredKey(rotated, next, digest, graceUntil)
        : new StoredKey(rotated, next, null, null);
  }

  private StoredKey with(ApiKey changed) {
    return new StoredKey(changed, digest, previous, previousUntil);
  }
}

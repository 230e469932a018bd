package io.fiddler.engine;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Who asks, and how urgently.
///
/// @param tenant whose activations these are
/// @param key whose share of the machine it uses: the scheduler is fair between keys
/// @param priority requests of a higher one are admitted first; 0 is ordinary
/// @param timeout after which it is ended wherever it is; null for never
/// @param cacheSpace prompts share cached blocks within one space and with no other
public record Origin(
    String tenant, String key, int priority, @Nullable Duration timeout, String cacheSpace) {
  /// The tenant of those who show no key.
  public static final String DEFAULT_TENANT = "default";

  public Origin {
    Objects.requireNonNull(tenant);
    Objects.requireNonNull(key);
    Objects.requireNonNull(cacheSpace);
    if (timeout != null && timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must not be negative, got " + timeout);
    }
  }

  /// A tenant with one key of its own name, of ordinary priority and without a deadline.
  public static Origin of(String tenant) {
    return new Origin(tenant, tenant, 0, null, tenant);
  }
}

package io.fiddler.usage.version;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A version held against correction.
///
/// @param fingerprint of the model
/// @param replica where; null for all replicas
/// @param version which placement
/// @param by who holds it
/// @param at since when
/// @param reason why
public record PlacementPin(
    String fingerprint,
    @Nullable String replica,
    long version,
    @Nullable String by,
    Instant at,
    @Nullable String reason) {
  /// Whether it is of all replicas.
  public boolean isForAll() {
    return replica == null;
  }
}

package io.fiddler.usage;

import io.fiddler.placement.Placement;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A recorded placement.
///
/// @param id global, ascending
/// @param fingerprint of the model
/// @param replica which service process
/// @param createdAt when it was recorded
/// @param author who asked for it
/// @param windowStart begin of the statistics it is made from; null without history
/// @param windowEnd their end
/// @param reason free text given by an operator
/// @param placement what is wanted, policy and forecast included
public record PlacementVersion(
    long id,
    String fingerprint,
    String replica,
    Instant createdAt,
    Author author,
    @Nullable Instant windowStart,
    @Nullable Instant windowEnd,
    @Nullable String reason,
    Placement placement) {
  /// Who asked for a placement.
  public enum Author {
    /// Chosen at start-up.
    STARTUP,
    /// Asked for through Actuator.
    OPERATOR,
    /// Corrected while running.
    AUTOMATIC
  }
}

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
/// @param author what asked for it
/// @param windowStart begin of the statistics it is made from; null without history
/// @param windowEnd their end
/// @param reason why, such as the free text given by an operator
/// @param placement what is wanted, policy and forecast included
/// @param by who asked for it: an operator's name or address; null if nobody did
public record PlacementVersion(
    long id,
    String fingerprint,
    String replica,
    Instant createdAt,
    Author author,
    @Nullable Instant windowStart,
    @Nullable Instant windowEnd,
    @Nullable String reason,
    Placement placement,
    @Nullable String by) {
  /// One that nobody in particular asked for.
  public PlacementVersion(
      long id,
      String fingerprint,
      String replica,
      Instant createdAt,
      Author author,
      @Nullable Instant windowStart,
      @Nullable Instant windowEnd,
      @Nullable String reason,
      Placement placement) {
    this(
        id,
        fingerprint,
        replica,
        createdAt,
        author,
        windowStart,
        windowEnd,
        reason,
        placement,
        null);
  }

  /// The same under the id it was recorded as.
  public PlacementVersion withId(long recorded) {
    return new PlacementVersion(
        recorded,
        fingerprint,
        replica,
        createdAt,
        author,
        windowStart,
        windowEnd,
        reason,
        placement,
        by);
  }

  /// The same with other experts.
  public PlacementVersion with(Placement other) {
    return new PlacementVersion(
        id, fingerprint, replica, createdAt, author, windowStart, windowEnd, reason, other, by);
  }

  /// What asked for a placement.
  public enum Author {
    /// Chosen at start-up.
    STARTUP,
    /// Asked for through Actuator.
    OPERATOR,
    /// Corrected while running.
    AUTOMATIC
  }
}

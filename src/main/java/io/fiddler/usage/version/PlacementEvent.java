package io.fiddler.usage.version;

import io.fiddler.usage.PlacementAction;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something done about placements.
///
/// @param id global, ascending; 0 before it is recorded
/// @param fingerprint of the model
/// @param replica on which it was done
/// @param at when
/// @param action what
/// @param version the placement it is about; null for a proposal, which gets none
/// @param by who: an operator's name or address; null if the service did it by itself
/// @param reason why
/// @param detail more about it, for people
/// @param followed the event of another replica that was taken over; null if it is no following
public record PlacementEvent(
    long id,
    String fingerprint,
    String replica,
    Instant at,
    PlacementAction action,
    @Nullable Long version,
    @Nullable String by,
    @Nullable String reason,
    @Nullable String detail,
    @Nullable Long followed) {
  /// One that is no following, before it is recorded.
  public PlacementEvent(
      String fingerprint,
      String replica,
      Instant at,
      PlacementAction action,
      @Nullable Long version,
      @Nullable String by,
      @Nullable String reason,
      @Nullable String detail) {
    this(0, fingerprint, replica, at, action, version, by, reason, detail, null);
  }
}

package io.fiddler.learning;

import io.fiddler.placement.Placement;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Experts to move while the service runs, without anybody asking.
///
/// @param basis the version it starts from; if another one is in force, it is void
/// @param placement all that is wanted from now on
/// @param newVersion whether it becomes a version of its own, instead of an epoch of the one in
///   force
/// @param windowStart begin of what was looked at
/// @param windowEnd its end
/// @param reason why, for the record
/// @param maxBytesPerSecond most bytes to copy a second
public record Correction(
    long basis,
    Placement placement,
    boolean newVersion,
    @Nullable Instant windowStart,
    Instant windowEnd,
    String reason,
    long maxBytesPerSecond) {
  PlacementVersion version(String fingerprint, String replica, Instant now) {
    return new PlacementVersion(
        0, fingerprint, replica, now, Author.AUTOMATIC, windowStart, windowEnd, reason, placement);
  }
}

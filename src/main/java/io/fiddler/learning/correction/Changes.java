package io.fiddler.learning.correction;

import io.fiddler.expert.Residency;
import io.fiddler.learning.Correction;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.Replanning;
import io.fiddler.placement.Placement;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreUnavailableException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// How correction changes the placement: never while somebody else does, and never from a basis
/// that is no longer in force; {@link Replanning#correct} sees to it. So an operator's change made
/// meanwhile wins. Not thread-safe.
public final class Changes {
  private static final long RETRY_NANOS = 30_000_000_000L;

  private final Replanning replanning;
  private final CurrentPlacement current;
  private final InstantSource clock;
  private long nextReadNanos = Long.MIN_VALUE;
  private boolean known;

  /// Through the one place that changes placements.
  public Changes(Replanning replanning, CurrentPlacement current, InstantSource clock) {
    this.replanning = replanning;
    this.current = current;
    this.clock = clock;
  }

  Optional<PlacementVersion> inForce() {
    return current.get();
  }

  Instant now() {
    return clock.instant();
  }

  /// Whether nothing may be moved: something is pinned, or nobody knows yet whether it is. Blocks
  /// only to find out, and after a failure not for a while.
  boolean isHeld(long nowNanos) {
    if (!known && nowNanos >= nextReadNanos) {
      nextReadNanos = nowNanos + RETRY_NANOS;
      try {
        replanning.readPinned();
        known = true;
      } catch (StoreUnavailableException e) {
        return true; // an operator's pin outlives processes, and is not moved by chance
      }
    }
    return !replanning.mayCorrect();
  }

  /// Begins to bring the engine to other experts under the same version; empty if that may not be.
  Optional<CompletableFuture<Residency>> begin(
      PlacementVersion basis, Placement placement, long maxBytesPerSecond) {
    Instant now = now();
    return replanning.correct(
        new Correction(
            basis.id(), placement, false, now, now, "live correction", maxBytesPerSecond));
  }

  /// Makes what is in the engine already a version of its own; empty if that may not be. Blocking.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  Optional<CompletableFuture<Residency>> record(
      PlacementVersion basis, Placement placement, @Nullable Instant windowStart, String reason) {
    return replanning.correct(
        new Correction(basis.id(), placement, true, windowStart, now(), reason, Long.MAX_VALUE));
  }
}

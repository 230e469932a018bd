package io.fiddler.learning.correction;

import io.fiddler.engine.Engine;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.Residency;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.placement.Placement;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How correction changes the placement: never while somebody else does, and never from a basis
/// that is no longer in force. So an operator's change made meanwhile wins.
public final class Changes {
  private final Engine engine;
  private final CurrentPlacement current;
  private final PlacementStore versions;
  private final BooleanSupplier pinned;
  private final String replica;
  private final Clock clock;

  /// Over an engine and its record.
  ///
  /// @param pinned whether an operator holds the version in force
  /// @param replica name of this service process in the record
  public Changes(
      Engine engine,
      CurrentPlacement current,
      PlacementStore versions,
      BooleanSupplier pinned,
      String replica,
      Clock clock) {
    this.engine = engine;
    this.current = current;
    this.versions = versions;
    this.pinned = pinned;
    this.replica = replica;
    this.clock = clock;
  }

  Optional<PlacementVersion> inForce() {
    return current.get();
  }

  boolean isPinned() {
    return pinned.getAsBoolean();
  }

  Instant now() {
    return clock.instant();
  }

  /// Begins to bring the engine to other experts under the same version; empty if that is not the
  /// one in force any more, or somebody is changing it.
  Optional<CompletableFuture<Residency>> begin(
      PlacementVersion basis, Placement placement) {
    return alone(
        basis,
        () -> engine.apply(new VersionedPlacement(basis.id(), placement)));
  }

  /// Makes what is in the engine already a version of its own; empty as above. Blocking.
  ///
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  Optional<PlacementVersion> record(
      PlacementVersion basis, Placement placement, @Nullable Instant windowStart, String reason) {
    return alone(
        basis,
        () -> {
          Instant now = now().truncatedTo(ChronoUnit.MILLIS); // as precise as the database
          PlacementVersion version =
              versions.record(
                  new PlacementVersion(
                      0,
                      basis.fingerprint(),
                      replica,
                      now,
                      Author.AUTOMATIC,
                      windowStart,
                      now,
                      reason,
                      placement));
          bring(version);
          current.set(version);
          return version;
        });
  }

  private void bring(PlacementVersion version) {
    try {
      engine.apply(new VersionedPlacement(version.id(), version.placement())).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private <T> Optional<T> alone(PlacementVersion basis, Supplier<T> change) {
    if (!current.changing().tryLock()) {
      return Optional.empty();
    }
    try {
      boolean inForce =
          current.get().filter(version -> version.id() == basis.id()).isPresent()
              && engine.placement().version() == basis.id();
      return inForce && !isPinned() ? Optional.of(change.get()) : Optional.empty();
    } finally {
      current.changing().unlock();
    }
  }
}

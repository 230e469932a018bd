package io.fiddler.learning;

import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes placements from what was recorded, and records nothing. Blocking, thread-safe.
public final class PlacementPlanner {
  private final ActivationHistory history;
  private final PolicyCatalogue policies;
  private final HalfLives halfLives;
  private final Supplier<String> replica;
  private final Clock clock;

  /// A planner over a history.
  ///
  /// @param halfLives ages at which an activation counts half
  /// @param replica name of this service process in the record
  public PlacementPlanner(
      ActivationHistory history,
      PolicyCatalogue policies,
      HalfLives halfLives,
      Supplier<String> replica,
      Clock clock) {
    this.history = history;
    this.policies = policies;
    this.halfLives = halfLives;
    this.replica = replica;
    this.clock = clock;
  }

  /// Plans from the recorded activations.
  ///
  /// @param policy by name; the standard if there is none
  /// @throws IllegalArgumentException if there is no such policy
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  public PlacementVersion plan(
      Room room, Optional<String> policy, Author author, Instruction instruction) {
    PlacementPolicy chosen = policies.get(policy);
    Instant now = now();
    PastActivations past = history.past(room.fingerprint(), room.grid(), now, halfLives);
    return version(room, now, past, author, instruction, chosen.plan(past, room.capacity()));
  }

  /// Brings a placement recorded earlier, or by another replica, to this room; the forecast is from
  /// the recorded activations.
  ///
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  public PlacementVersion fit(
      Room room, PlacementVersion source, Author author, Instruction instruction) {
    Instant now = now();
    PastActivations past = history.past(room.fingerprint(), room.grid(), now, halfLives);
    Placement fitted =
        FittedPlacement.of(source.placement(), past, room.places(), policies.standard());
    return version(room, now, past, author, instruction, fitted);
  }

  /// The placement of a file. With a history the forecast is for it.
  ///
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  public PlacementVersion adopt(Room room, Placement placement, Instruction instruction) {
    Instant now = now();
    PastActivations past = history.past(room.fingerprint(), room.grid(), now, halfLives);
    // Places that the file leaves empty are filled; a forecast of another host is better than none.
    Placement fitted = FittedPlacement.of(placement, past, room.places(), policies.standard());
    Placement forecast = past.isEmpty() ? fitted.with(placement.forecast()) : fitted;
    return version(room, now, past, Author.STARTUP, instruction, forecast);
  }

  /// Plans from what is known without the database.
  public PlacementVersion withoutDatabase(Room room, PastActivations known) {
    Placement placement = policies.standard().plan(known, room.capacity());
    return withoutDatabase(room, placement, Instruction.NONE);
  }

  /// The placement of a file where the database does not answer.
  public PlacementVersion withoutDatabase(Room room, Placement placement, Instruction instruction) {
    PastActivations none = PastActivations.none(room.grid());
    return version(room, now(), none, Author.STARTUP, instruction, placement);
  }

  private PlacementVersion version(
      Room room,
      Instant now,
      PastActivations past,
      Author author,
      Instruction instruction,
      Placement placement) {
    return new PlacementVersion(
        0,
        room.fingerprint(),
        replica.get(),
        now,
        author,
        past.decayed().since().orElse(null),
        windowEnd(past, now),
        instruction.reason(),
        placement,
        instruction.by());
  }

  private static @Nullable Instant windowEnd(PastActivations past, Instant now) {
    return past.isEmpty() ? null : now;
  }

  /// As precise as the database, so that a placement read back is the one recorded.
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  String replica() {
    return replica.get();
  }
}

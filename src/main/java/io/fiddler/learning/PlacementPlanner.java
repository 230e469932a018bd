package io.fiddler.learning;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Makes placements from what was recorded. Blocking, thread-safe.
public final class PlacementPlanner {
  private final ActivationHistory history;
  private final PlacementStore placements;
  private final PlacementPolicy policy;
  private final HalfLives halfLives;
  private final String replica;
  private final Clock clock;

  /// A planner over a history.
  ///
  /// @param halfLives ages at which an activation counts half
  /// @param replica name of this service process in the record
  public PlacementPlanner(
      ActivationHistory history,
      PlacementStore placements,
      PlacementPolicy policy,
      HalfLives halfLives,
      String replica,
      Clock clock) {
    this.history = history;
    this.placements = placements;
    this.policy = policy;
    this.halfLives = halfLives;
    this.replica = replica;
    this.clock = clock;
  }

  /// Plans from the recorded activations and records the plan.
  ///
  /// @param capacity most experts
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  public PlacementVersion plan(
      String fingerprint, ExpertGrid grid, int capacity, Author author, @Nullable String reason) {
    Instant now = now();
    PastActivations past = history.past(fingerprint, grid, now, halfLives);
    return placements.record(
        new PlacementVersion(
            0,
            fingerprint,
            replica,
            now,
            author,
            past.decayed().since().orElse(null),
            past.isEmpty() ? null : now,
            reason,
            policy.plan(past, capacity)));
  }

  /// Plans without history and records nothing: for when the database does not answer.
  public PlacementVersion unrecorded(String fingerprint, ExpertGrid grid, int capacity) {
    Placement placement = policy.plan(PastActivations.none(grid), capacity);
    return new PlacementVersion(
        0, fingerprint, replica, now(), Author.STARTUP, null, null, null, placement);
  }

  /// As precise as the database, so that a placement read back is the one recorded.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}

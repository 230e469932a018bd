package io.fiddler.learning;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.Forecasts;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes placements from what was recorded. Blocking, thread-safe.
public final class PlacementPlanner {
  private final ActivationHistory history;
  private final PlacementStore placements;
  private final PolicyCatalogue policies;
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
      PolicyCatalogue policies,
      HalfLives halfLives,
      String replica,
      Clock clock) {
    this.history = history;
    this.placements = placements;
    this.policies = policies;
    this.halfLives = halfLives;
    this.replica = replica;
    this.clock = clock;
  }

  /// Plans from the recorded activations and records the plan.
  ///
  /// @param capacity most experts
  /// @param policy by name, see {@link PolicyCatalogue#policy}; without one the standard
  /// @throws IllegalArgumentException if there is no such policy
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  public PlacementVersion plan(
      String fingerprint,
      ExpertGrid grid,
      int capacity,
      Optional<String> policy,
      Author author,
      @Nullable String reason) {
    PlacementPolicy chosen = policies.get(policy);
    Instant now = now();
    PastActivations past = history.past(fingerprint, grid, now, halfLives);
    Placement placement = chosen.plan(past, capacity);
    return placements.record(version(fingerprint, now, past, author, reason, placement));
  }

  /// The same with the standard policy.
  public PlacementVersion plan(
      String fingerprint, ExpertGrid grid, int capacity, Author author, @Nullable String reason) {
    return plan(fingerprint, grid, capacity, Optional.empty(), author, reason);
  }

  /// Records a placement that was made elsewhere. With a history the forecast is for it.
  ///
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  public PlacementVersion adopt(
      String fingerprint, ExpertGrid grid, Placement placement, Author author, String reason) {
    Instant now = now();
    PastActivations past = history.past(fingerprint, grid, now, halfLives);
    Placement forecast =
        past.isEmpty()
            ? placement
            : placement.with(
                Forecasts.of(past, placement.experts().stream().map(ScoredExpert::id).toList()));
    return placements.record(version(fingerprint, now, past, author, reason, forecast));
  }

  /// Plans from `past` and records nothing: for when the database does not answer.
  public PlacementVersion unrecorded(String fingerprint, PastActivations past, int capacity) {
    return unrecorded(fingerprint, policies.standard().plan(past, capacity), null);
  }

  /// A placement made elsewhere, not recorded.
  public PlacementVersion unrecorded(
      String fingerprint, Placement placement, @Nullable String reason) {
    return new PlacementVersion(
        0, fingerprint, replica, now(), Author.STARTUP, null, null, reason, placement);
  }

  private PlacementVersion version(
      String fingerprint,
      Instant now,
      PastActivations past,
      Author author,
      @Nullable String reason,
      Placement placement) {
    return new PlacementVersion(
        0,
        fingerprint,
        replica,
        now,
        author,
        past.decayed().since().orElse(null),
        past.isEmpty() ? null : now,
        reason,
        placement);
  }

  /// As precise as the database, so that a placement read back is the one recorded.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}

package io.fiddler.learning;

import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.version.PlacementEvent;
import io.fiddler.usage.version.PlacementPin;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the placement that a replica starts with, and records it. Replicas that start at once plan
/// one after the other, each for its own device. Blocking; throws a {@link
/// io.fiddler.usage.StoreUnavailableException} if the database does not answer.
public final class StartupPlanning {
  private static final Logger LOG = LoggerFactory.getLogger(StartupPlanning.class);

  private final PlacementPlanner planner;
  private final PlacementRecords records;

  /// Over the records.
  public StartupPlanning(PlacementPlanner planner, PlacementRecords records) {
    this.planner = planner;
    this.records = records;
  }

  /// What is pinned here: the version itself if it is this replica's and fits, else a new one with
  /// its experts, fitted. Empty if nothing is pinned.
  public Optional<PlacementVersion> pinned(Room room) {
    Optional<PlacementPin> pin = records.pins().pinned(room.fingerprint(), planner.replica());
    if (pin.isEmpty()) {
      return Optional.empty();
    }
    Optional<PlacementVersion> held = records.versions().find(pin.get().version());
    if (held.isEmpty()) {
      LOG.warn("Placement {} is pinned and no longer recorded", pin.get().version());
    }
    return held.map(version -> fits(version, room) ? again(version) : fitted(version, room));
  }

  /// From what all replicas recorded.
  public PlacementVersion plan(Room room) {
    return records
        .turn()
        .take(
            room.fingerprint(),
            () ->
                records
                    .versions()
                    .record(
                        planner.plan(room, Optional.empty(), Author.STARTUP, Instruction.NONE),
                        PlacementAction.START));
  }

  /// The placement of a file.
  ///
  /// @param source where it is from, for people
  public PlacementVersion adopt(Room room, Placement placement, String source) {
    return records
        .versions()
        .record(
            planner.adopt(room, placement, new Instruction(null, source)), PlacementAction.START);
  }

  /// Without the database, and not recorded.
  ///
  /// @param known what was counted elsewhere
  public PlacementVersion withoutDatabase(Room room, PastActivations known) {
    return planner.withoutDatabase(room, known);
  }

  /// The placement of a file, not recorded.
  ///
  /// @param source where it is from, for people
  public PlacementVersion withoutDatabase(Room room, Placement placement, String source) {
    return planner.withoutDatabase(room, placement, new Instruction(null, source));
  }

  private boolean fits(PlacementVersion version, Room room) {
    return version.replica().equals(planner.replica())
        && version.placement().experts().size() == room.places();
  }

  private PlacementVersion again(PlacementVersion version) {
    records
        .journal()
        .note(
            new PlacementEvent(
                version.fingerprint(),
                planner.replica(),
                planner.now(),
                PlacementAction.START,
                version.id(),
                null,
                null,
                "pinned"));
    return version;
  }

  private PlacementVersion fitted(PlacementVersion version, Room room) {
    String reason =
        "pinned %d of %s, fitted to %d experts"
            .formatted(version.id(), version.replica(), room.places());
    return records
        .versions()
        .record(
            planner.fit(room, version, Author.STARTUP, new Instruction(null, reason)),
            PlacementAction.START);
  }
}

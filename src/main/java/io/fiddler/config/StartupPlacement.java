package io.fiddler.config;

import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.PrimedHistory;
import io.fiddler.learning.Room;
import io.fiddler.learning.StartupPlanning;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.policy.PolicyChoice;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreUnavailableException;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses the resident experts at start. In this order: the file of a setting; what is pinned;
/// what the database remembers, and as long as that is little a file of statistics; without the
/// database, the last placement it had; the file of statistics; an even spread.
final class StartupPlacement implements InitialPlacement {
  private static final Logger LOG = LoggerFactory.getLogger(StartupPlacement.class);

  private final DatabaseGate database;
  private final StartupPlanning planning;
  private final LearnedElsewhere elsewhere;
  private final PlacementCache cache;
  private final CurrentPlacement current;

  /// Waits for the database.
  @FunctionalInterface
  interface DatabaseGate {
    /// Whether it can be used now; false if it did not answer in time and need not.
    ///
    /// @throws StartupException if the service must not start without it
    boolean await();
  }

  StartupPlacement(
      DatabaseGate database,
      StartupPlanning planning,
      LearnedElsewhere elsewhere,
      PlacementCache cache,
      CurrentPlacement current) {
    this.database = database;
    this.planning = planning;
    this.elsewhere = elsewhere;
    this.cache = cache;
    this.current = current;
  }

  @Override
  public VersionedPlacement choose(ModelSummary model, int capacity) {
    Room room = new Room(model.fingerprint(), model.grid(), capacity);
    // Both files first: what is wrong with them should not wait for the database.
    Optional<Placement> given = elsewhere.placement(room.fingerprint(), room.grid());
    PastActivations counted = PrimedHistory.without(elsewhere, room.fingerprint(), room.grid());
    boolean answers = database.await();
    PlacementVersion version;
    if (capacity == 0) {
      // Without a place there is nothing to choose, and nothing worth a version.
      version = planning.withoutDatabase(room, counted);
    } else if (given.isPresent()) {
      version = adopted(room, given.get().bestOf(capacity), answers);
    } else {
      version = answers ? recorded(room, counted) : remembered(room, counted);
    }
    current.set(version);
    return new VersionedPlacement(version.id(), version.placement());
  }

  private PlacementVersion adopted(Room room, Placement placement, boolean answers) {
    String source = elsewhere.placementSource();
    PlacementVersion version = planning.withoutDatabase(room, placement, source);
    if (answers) {
      try {
        version = planning.adopt(room, placement, source);
      } catch (StoreUnavailableException e) {
        LOG.warn("The placement {} is not recorded: {}", source, e.getMessage());
      }
    }
    log("Placement " + version.id() + " " + source, version, room);
    return version;
  }

  private PlacementVersion recorded(Room room, PastActivations counted) {
    try {
      Optional<PlacementVersion> pinned = planning.pinned(room);
      PlacementVersion version = pinned.orElseGet(() -> planning.plan(room));
      cache.write(version);
      String what = (pinned.isPresent() ? "Pinned placement " : "Placement ") + version.id();
      log(what, version, room);
      return version;
    } catch (StoreUnavailableException e) {
      LOG.warn("No placement from the database: {}", e.getMessage());
      return remembered(room, counted);
    }
  }

  private PlacementVersion remembered(Room room, PastActivations counted) {
    // One made for a larger device serves too: its experts are in order, the best first.
    Optional<PlacementVersion> kept = cache.read(room.fingerprint());
    if (kept.isPresent()) {
      log("Without the database, the last placement, " + kept.get().id(), kept.get(), room);
      return kept.get();
    }
    PlacementVersion planned = planning.withoutDatabase(room, counted);
    log(
        counted.isEmpty()
            ? "Without the database, a placement without history"
            : "Without the database, a placement from the statistics given",
        planned,
        room);
    return planned;
  }

  private static void log(String what, PlacementVersion version, Room room) {
    Placement placement = version.placement();
    LOG.info(
        "{}: policy {}{}, {} of {} experts resident, forecast hit rate {} +- {}",
        what,
        placement.policy(),
        PolicyChoice.of(placement).map(choice -> " (" + choice + ")").orElse(""),
        placement.experts().size(),
        room.grid().size(),
        String.format(Locale.ROOT, "%.3f", placement.forecast().overall()),
        String.format(Locale.ROOT, "%.3f", placement.forecast().uncertainty()));
  }
}

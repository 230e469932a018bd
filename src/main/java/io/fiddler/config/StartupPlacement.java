package io.fiddler.config;

import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.Room;
import io.fiddler.learning.StartupPlanning;
import io.fiddler.placement.Placement;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreUnavailableException;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses the resident experts at start. In this order: what is pinned; what the database
/// remembers; without it, the last placement kept in a file; an even spread.
final class StartupPlacement implements InitialPlacement {
  private static final Logger LOG = LoggerFactory.getLogger(StartupPlacement.class);

  private final DatabaseGate database;
  private final StartupPlanning planning;
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
      PlacementCache cache,
      CurrentPlacement current) {
    this.database = database;
    this.planning = planning;
    this.cache = cache;
    this.current = current;
  }

  @Override
  public VersionedPlacement choose(ModelSummary model, int capacity) {
    Room room = new Room(model.fingerprint(), model.grid(), capacity);
    boolean answers = database.await();
    // Without a place there is nothing to choose, and nothing worth a version.
    PlacementVersion version =
        capacity == 0 ? planning.withoutHistory(room) : answers ? recorded(room) : remembered(room);
    current.set(version);
    return new VersionedPlacement(version.id(), version.placement());
  }

  private PlacementVersion recorded(Room room) {
    try {
      Optional<PlacementVersion> pinned = planning.pinned(room);
      PlacementVersion version = pinned.orElseGet(() -> planning.plan(room));
      cache.write(version);
      String what = (pinned.isPresent() ? "Pinned placement " : "Placement ") + version.id();
      log(what, version, room);
      return version;
    } catch (StoreUnavailableException e) {
      LOG.warn("No placement from the database: {}", e.getMessage());
      return remembered(room);
    }
  }

  private PlacementVersion remembered(Room room) {
    // One made for a larger device serves too: its experts are in order, the best first.
    Optional<PlacementVersion> kept = cache.read(room.fingerprint());
    if (kept.isPresent()) {
      log("Without the database, the last placement, " + kept.get().id(), kept.get(), room);
      return kept.get();
    }
    PlacementVersion even = planning.withoutHistory(room);
    log("Without the database, a placement without history", even, room);
    return even;
  }

  private static void log(String what, PlacementVersion version, Room room) {
    Placement placement = version.placement();
    LOG.info(
        "{}: policy {}, {} of {} experts resident, forecast hit rate {}",
        what,
        placement.policy(),
        placement.experts().size(),
        room.grid().size(),
        String.format(Locale.ROOT, "%.3f", placement.forecast().overall()));
  }
}

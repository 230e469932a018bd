package io.fiddler.config;

import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.placement.Placement;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.StoreUnavailableException;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses the resident experts at start from what the database remembers; without it, as the last
/// placement kept in a file says, or evenly.
final class StartupPlacement implements InitialPlacement {
  private static final Logger LOG = LoggerFactory.getLogger(StartupPlacement.class);

  private final DatabaseGate database;
  private final PlacementPlanner planner;
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
      PlacementPlanner planner,
      PlacementCache cache,
      CurrentPlacement current) {
    this.database = database;
    this.planner = planner;
    this.cache = cache;
    this.current = current;
  }

  @Override
  public VersionedPlacement choose(ModelSummary model, int capacity) {
    PlacementVersion version =
        database.await() ? planned(model, capacity) : remembered(model, capacity);
    current.set(version);
    return new VersionedPlacement(version.id(), version.placement());
  }

  private PlacementVersion planned(ModelSummary model, int capacity) {
    try {
      PlacementVersion version =
          planner.plan(model.fingerprint(), model.grid(), capacity, Author.STARTUP, null);
      log("Placement " + version.id(), version, model);
      return version;
    } catch (StoreUnavailableException e) {
      LOG.warn("No placement from the database: {}", e.getMessage());
      return remembered(model, capacity);
    }
  }

  private PlacementVersion remembered(ModelSummary model, int capacity) {
    // One made for a larger device serves too: its experts are in order, the best first.
    Optional<PlacementVersion> kept = cache.read(model.fingerprint());
    if (kept.isPresent()) {
      log("Without the database, the last placement, " + kept.get().id(), kept.get(), model);
      return kept.get();
    }
    PlacementVersion even = planner.unrecorded(model.fingerprint(), model.grid(), capacity);
    log("Without the database, a placement without history", even, model);
    return even;
  }

  private static void log(String what, PlacementVersion version, ModelSummary model) {
    Placement placement = version.placement();
    LOG.info(
        "{}: policy {}, {} of {} experts resident, forecast hit rate {}",
        what,
        placement.policy(),
        placement.experts().size(),
        model.grid().size(),
        String.format(Locale.ROOT, "%.3f", placement.forecast().overall()));
  }
}

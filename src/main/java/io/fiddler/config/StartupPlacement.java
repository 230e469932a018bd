package io.fiddler.config;

import io.fiddler.engine.InitialPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.PrimedHistory;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.policy.PolicyChoice;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.StoreUnavailableException;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses the resident experts at start: as the file of a setting says, else from what the
/// database remembers, and as long as that is little from a file of statistics; without the
/// database, as the last placement it had says, else from the file of statistics, else evenly.
final class StartupPlacement implements InitialPlacement {
  private static final Logger LOG = LoggerFactory.getLogger(StartupPlacement.class);

  private final DatabaseGate database;
  private final PlacementPlanner planner;
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
      PlacementPlanner planner,
      LearnedElsewhere elsewhere,
      PlacementCache cache,
      CurrentPlacement current) {
    this.database = database;
    this.planner = planner;
    this.elsewhere = elsewhere;
    this.cache = cache;
    this.current = current;
  }

  @Override
  public VersionedPlacement choose(ModelSummary model, int capacity) {
    // Both files first: what is wrong with them should not wait for the database.
    Optional<Placement> given = elsewhere.placement(model.fingerprint(), model.grid());
    PastActivations counted = PrimedHistory.without(elsewhere, model.fingerprint(), model.grid());
    boolean answers = database.await();
    PlacementVersion version;
    if (given.isPresent()) {
      version = adopted(given.get().bestOf(capacity), answers, model);
    } else {
      version = answers ? planned(model, capacity, counted) : remembered(model, capacity, counted);
    }
    current.set(version);
    return new VersionedPlacement(version.id(), version.placement());
  }

  private PlacementVersion adopted(Placement placement, boolean answers, ModelSummary model) {
    String source = elsewhere.placementSource();
    PlacementVersion version = planner.unrecorded(model.fingerprint(), placement, source);
    if (answers) {
      try {
        version =
            planner.adopt(model.fingerprint(), model.grid(), placement, Author.STARTUP, source);
      } catch (StoreUnavailableException e) {
        LOG.warn("The placement {} is not recorded: {}", source, e.getMessage());
      }
    }
    log("Placement " + version.id() + " " + source, version, model);
    return version;
  }

  private PlacementVersion planned(ModelSummary model, int capacity, PastActivations counted) {
    try {
      PlacementVersion version =
          planner.plan(model.fingerprint(), model.grid(), capacity, Author.STARTUP, null);
      log("Placement " + version.id(), version, model);
      return version;
    } catch (StoreUnavailableException e) {
      LOG.warn("No placement from the database: {}", e.getMessage());
      return remembered(model, capacity, counted);
    }
  }

  private PlacementVersion remembered(ModelSummary model, int capacity, PastActivations counted) {
    // One made for a larger device serves too: its experts are in order, the best first.
    Optional<PlacementVersion> kept = cache.read(model.fingerprint());
    if (kept.isPresent()) {
      log("Without the database, the last placement, " + kept.get().id(), kept.get(), model);
      return kept.get();
    }
    PlacementVersion planned = planner.unrecorded(model.fingerprint(), counted, capacity);
    log(
        counted.isEmpty()
            ? "Without the database, a placement without history"
            : "Without the database, a placement from the statistics given",
        planned,
        model);
    return planned;
  }

  private static void log(String what, PlacementVersion version, ModelSummary model) {
    Placement placement = version.placement();
    LOG.info(
        "{}: policy {}{}, {} of {} experts resident, forecast hit rate {} +- {}",
        what,
        placement.policy(),
        PolicyChoice.of(placement).map(choice -> " (" + choice + ")").orElse(""),
        placement.experts().size(),
        model.grid().size(),
        String.format(Locale.ROOT, "%.3f", placement.forecast().overall()),
        String.format(Locale.ROOT, "%.3f", placement.forecast().uncertainty()));
  }
}

package io.fiddler.learning;

import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.expert.Residency;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Plans anew while running and brings the engine there. One at a time, so that versions are
/// applied in the order they were recorded in. Blocking, thread-safe.
public final class Replanning {
  private static final Logger LOG = LoggerFactory.getLogger(Replanning.class);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(5);

  private final Engine engine;
  private final StoreFlush store;
  private final PlacementPlanner planner;
  private final CurrentPlacement current;

  /// Over an engine and its records.
  public Replanning(
      Engine engine, StoreFlush store, PlacementPlanner planner, CurrentPlacement current) {
    this.engine = engine;
    this.store = store;
    this.planner = planner;
    this.current = current;
  }

  /// What came of it.
  ///
  /// @param version as recorded
  /// @param change on the device
  public record Outcome(PlacementVersion version, ResidencyChange change) {}

  /// Plans from everything recorded up to now.
  ///
  /// @throws io.fiddler.engine.EngineNotReadyException if the engine is not ready
  /// @throws StoreUnavailableException if the database does not answer
  public Outcome apply(@Nullable String reason) {
    current.changing().lock();
    try {
      ModelSummary model = engine.model();
      DeviceSummary device = engine.device();
      if (!store.flush(FLUSH_TIMEOUT)) {
        // Planning goes on: the database may be slow rather than down, and planning tells which.
        LOG.warn("The latest activations did not reach the database within {}", FLUSH_TIMEOUT);
      }
      PlacementVersion version =
          planner.plan(
              model.fingerprint(), model.grid(), device.expertCapacity(), Author.OPERATOR, reason);
      Residency before = engine.residency();
      Residency after = bring(version);
      current.set(version);
      ResidencyChange change = ResidencyChange.between(before, after);
      LOG.info(
          "Placement {} ({}): {} experts loaded, {} evicted, forecast hit rate {}",
          version.id(),
          version.placement().policy(),
          change.loaded().size(),
          change.evicted().size(),
          String.format(Locale.ROOT, "%.3f", version.placement().forecast().overall()));
      return new Outcome(version, change);
    } finally {
      current.changing().unlock();
    }
  }

  private Residency bring(PlacementVersion version) {
    try {
      return engine.apply(new VersionedPlacement(version.id(), version.placement())).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}

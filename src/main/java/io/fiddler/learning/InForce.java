package io.fiddler.learning;

import io.fiddler.engine.Engine;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.Residency;
import io.fiddler.usage.PlacementVersion;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The placement in force and how the engine gets to another one.
final class InForce {
  private static final Logger LOG = LoggerFactory.getLogger(InForce.class);

  private final Engine engine;
  private final CurrentPlacement current;

  InForce(Engine engine, CurrentPlacement current) {
    this.engine = engine;
    this.current = current;
  }

  PlacementVersion get() {
    return current
        .get()
        .orElseThrow(() -> new PlacementRefusedException("there is no placement yet"));
  }

  /// Brings the engine there and waits for it.
  Replanning.Outcome bring(PlacementVersion version) {
    Residency before = engine.residency();
    Residency after = applied(version);
    current.set(version);
    ResidencyChange change = ResidencyChange.between(before, after);
    LOG.info(
        "Placement {} ({}{}): {} experts loaded, {} evicted, forecast hit rate {}",
        version.id(),
        version.placement().policy(),
        version.reason() == null ? "" : ", " + version.reason(),
        change.loaded().size(),
        change.evicted().size(),
        String.format(Locale.ROOT, "%.3f", version.placement().forecast().overall()));
    return new Replanning.Outcome(version, change);
  }

  /// Begins to bring the engine there; the version is in force when the future ends.
  CompletableFuture<Residency> begin(PlacementVersion version, long maxBytesPerSecond) {
    return engine
        .apply(new VersionedPlacement(version.id(), version.placement()), maxBytesPerSecond)
        .thenApply(residency -> {
          current.set(version);
          return residency;
        });
  }

  private Residency applied(PlacementVersion version) {
    try {
      return engine.apply(new VersionedPlacement(version.id(), version.placement())).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}

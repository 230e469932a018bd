package io.fiddler.usage;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import java.time.Instant;

/// Activation counts of the past. Blocking.
@FunctionalInterface
public interface ActivationHistory {
  /// Counts of a model until `now`, each weighted with `0.5 ^ (age / halfLife)` where they decay.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  PastActivations past(String fingerprint, ExpertGrid grid, Instant now, HalfLives halfLives);
}

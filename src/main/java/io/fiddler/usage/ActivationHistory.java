package io.fiddler.usage;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.ActivationStatistics;
import java.time.Duration;
import java.time.Instant;

/// Activation counts of the past. Blocking.
@FunctionalInterface
public interface ActivationHistory {
  /// Counts of a model over all tenants, each hour weighted with `0.5 ^ (age / halfLife)`.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  ActivationStatistics decayed(String fingerprint, ExpertGrid grid, Instant now, Duration halfLife);
}

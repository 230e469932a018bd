package io.fiddler.learning.correction;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreUnavailableException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The history behind the placement in force, read once a version; a database that does not answer
/// is asked again after a while. Blocking, not thread-safe.
public final class PastTraffic {
  private static final long RETRY_NANOS = 30_000_000_000L;

  private final ActivationHistory history;
  private final HalfLives halfLives;
  private @Nullable PlacementVersion of;
  private Optional<ActivationStatistics> known = Optional.empty();
  private long nextNanos;

  /// Over all that was recorded.
  ///
  /// @param halfLives ages at which an activation counts half
  public PastTraffic(ActivationHistory history, HalfLives halfLives) {
    this.history = history;
    this.halfLives = halfLives;
  }

  /// Counts until the version was planned; empty as long as they are not known.
  Optional<ActivationStatistics> behind(PlacementVersion version, ExpertGrid grid, long nowNanos) {
    boolean another = of == null || of.id() != version.id();
    if (another || (known.isEmpty() && nowNanos - nextNanos >= 0)) {
      of = version;
      nextNanos = nowNanos + RETRY_NANOS;
      known = Optional.empty(); // also if reading fails: what is known is of another version
      known = read(version, grid);
    }
    return known;
  }

  private Optional<ActivationStatistics> read(PlacementVersion version, ExpertGrid grid) {
    try {
      return Optional.of(
          history.past(version.fingerprint(), grid, version.createdAt(), halfLives).decayed());
    } catch (StoreUnavailableException e) {
      return Optional.empty();
    }
  }
}

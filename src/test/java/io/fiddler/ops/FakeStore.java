package io.fiddler.ops;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.UsageReports;
import io.fiddler.usage.UsageRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A database in memory that can be down, which a real one cannot be told to be.
final class FakeStore implements ActivationHistory, PlacementStore, UsageReports, StoreFlush {
  final List<PlacementVersion> placements = new ArrayList<>();
  final List<UsageRow> rows = new ArrayList<>();
  ActivationStatistics statistics = new ActivationStatistics(FakeEngine.GRID);
  @Nullable String tenantAsked;
  boolean down;
  int flushes;

  @Override
  public PastActivations past(
      String fingerprint, ExpertGrid grid, Instant now, HalfLives halfLives) {
    requireUp();
    return PastActivations.of(statistics);
  }

  @Override
  public PlacementVersion record(PlacementVersion version) {
    requireUp();
    PlacementVersion recorded =
        new PlacementVersion(
            placements.size() + 1,
            version.fingerprint(),
            version.replica(),
            version.createdAt(),
            version.author(),
            version.windowStart(),
            version.windowEnd(),
            version.reason(),
            version.placement());
    placements.add(recorded);
    return recorded;
  }

  @Override
  public Optional<PlacementVersion> latest(String fingerprint) {
    requireUp();
    return placements.isEmpty() ? Optional.empty() : Optional.of(placements.getLast());
  }

  @Override
  public List<UsageRow> report(
      Instant from, Instant to, Granularity granularity, @Nullable String tenant) {
    requireUp();
    tenantAsked = tenant;
    return rows;
  }

  @Override
  public boolean flush(Duration timeout) {
    flushes++;
    return !down;
  }

  private void requireUp() {
    if (down) {
      throw new StoreUnavailableException(
          "the database does not answer: refused", new IllegalStateException("refused"));
    }
  }
}

package io.fiddler.ops;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.learning.PlacementRecords;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.UsageReports;
import io.fiddler.usage.UsageRow;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.AchievedLog;
import io.fiddler.usage.version.PlacementEvent;
import io.fiddler.usage.version.PlacementJournal;
import io.fiddler.usage.version.PlacementPin;
import io.fiddler.usage.version.PlacementPins;
import io.fiddler.usage.version.PlanningTurn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A database in memory that can be down at a given moment, which a real one cannot be told to be.
/// Its methods may be called from any thread, its fields only while nothing else uses it.
public final class FakeStore
    implements ActivationHistory,
        PlacementStore,
        PlacementJournal,
        PlacementPins,
        AchievedLog,
        UsageReports,
        StoreFlush {
  public final List<PlacementVersion> placements = new ArrayList<>();
  public final List<PlacementEvent> events = new ArrayList<>();
  final Map<Long, Achieved> achieved = new HashMap<>();
  public @Nullable PlacementPin pin;

  /// What another replica pins right after the next look.
  public @Nullable PlacementPin pinnedNext;

  public @Nullable PlacementEvent asked;
  final List<UsageRow> rows = new ArrayList<>();
  public ActivationStatistics statistics = new ActivationStatistics(FakeEngine.GRID);
  @Nullable String tenantAsked;
  public volatile boolean down;
  int flushes;

  @Override
  public synchronized PastActivations past(
      String fingerprint, ExpertGrid grid, Instant now, HalfLives halfLives) {
    requireUp();
    return PastActivations.of(statistics);
  }

  @Override
  public synchronized PlacementVersion record(PlacementVersion version, PlacementAction action) {
    requireUp();
    PlacementVersion recorded = version.withId(placements.size() + 1);
    placements.add(recorded);
    return recorded;
  }

  @Override
  public synchronized Optional<PlacementVersion> find(long id) {
    requireUp();
    return placements.stream().filter(version -> version.id() == id).findFirst();
  }

  @Override
  public synchronized void note(PlacementEvent event) {
    requireUp();
    events.add(event);
  }

  @Override
  public synchronized List<PlacementEvent> events(
      String fingerprint, int limit, @Nullable Long before) {
    requireUp();
    return events.reversed();
  }

  @Override
  public synchronized Optional<PlacementEvent> askedElsewhere(String fingerprint, String replica) {
    requireUp();
    return Optional.ofNullable(asked);
  }

  @Override
  public synchronized Optional<PlacementPin> pinned(String fingerprint, String replica) {
    requireUp();
    Optional<PlacementPin> now = Optional.ofNullable(pin);
    if (pinnedNext != null) {
      pin = pinnedNext;
      pinnedNext = null;
    }
    return now;
  }

  @Override
  public synchronized void pin(PlacementPin wanted, String on) {
    requireUp();
    pin = wanted;
  }

  @Override
  public synchronized boolean unpin(PlacementPin wanted, String on) {
    requireUp();
    boolean held = pin != null;
    pin = null;
    return held;
  }

  @Override
  public synchronized void write(long version, UUID run, String replica, Achieved counted) {
    requireUp();
    achieved.put(version, counted);
  }

  @Override
  public synchronized Optional<Achieved> achieved(long version) {
    requireUp();
    return Optional.ofNullable(achieved.get(version));
  }

  /// All of it, as what changes placements needs it.
  public PlacementRecords records() {
    return records(this);
  }

  /// The same with versions that are recorded through `versions`.
  public PlacementRecords records(PlacementStore versions) {
    return new PlacementRecords(
        versions,
        this,
        this,
        new PlanningTurn() {
          @Override
          public <T> T take(String fingerprint, Supplier<T> planning) {
            return planning.get();
          }
        });
  }

  /// What is recorded now.
  public synchronized List<PlacementVersion> versions() {
    return List.copyOf(placements);
  }

  @Override
  public synchronized List<UsageRow> report(
      Instant from, Instant to, Granularity granularity, @Nullable String tenant) {
    requireUp();
    tenantAsked = tenant;
    return rows;
  }

  @Override
  public synchronized boolean flush(Duration timeout) {
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

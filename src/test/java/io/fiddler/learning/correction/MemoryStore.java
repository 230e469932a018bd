package io.fiddler.learning.correction;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.learning.PlacementRecords;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.usage.ActivationHistory;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.version.PlacementEvent;
import io.fiddler.usage.version.PlacementJournal;
import io.fiddler.usage.version.PlacementPin;
import io.fiddler.usage.version.PlacementPins;
import io.fiddler.usage.version.PlanningTurn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A database in memory that can be down at a given moment, which a real one cannot be told to be.
final class MemoryStore
    implements ActivationHistory, PlacementStore, PlacementJournal, PlacementPins {
  private final List<PlacementVersion> versions = new ArrayList<>();
  private @Nullable PlacementPin pin;
  private boolean down;

  synchronized void down(boolean isDown) {
    down = isDown;
  }

  synchronized List<PlacementVersion> versions() {
    return List.copyOf(versions);
  }

  PlacementRecords records() {
    return new PlacementRecords(
        this,
        this,
        this,
        new PlanningTurn() {
          @Override
          public <T> T take(String fingerprint, Supplier<T> planning) {
            return planning.get();
          }
        });
  }

  @Override
  public synchronized PastActivations past(
      String fingerprint, ExpertGrid grid, Instant now, HalfLives halfLives) {
    requireUp();
    return PastActivations.of(new ActivationStatistics(grid));
  }

  @Override
  public synchronized PlacementVersion record(PlacementVersion version, PlacementAction action) {
    requireUp();
    PlacementVersion recorded = version.withId(versions.size() + 1);
    versions.add(recorded);
    return recorded;
  }

  @Override
  public synchronized Optional<PlacementVersion> latest(String fingerprint) {
    requireUp();
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.getLast());
  }

  @Override
  public synchronized Optional<PlacementVersion> find(long id) {
    requireUp();
    return versions.stream().filter(version -> version.id() == id).findFirst();
  }

  @Override
  public synchronized void note(PlacementEvent event) {
    requireUp();
  }

  @Override
  public synchronized List<PlacementEvent> events(
      String fingerprint, int limit, @Nullable Long before) {
    requireUp();
    return List.of();
  }

  @Override
  public synchronized Optional<PlacementEvent> askedElsewhere(String fingerprint, String replica) {
    requireUp();
    return Optional.empty();
  }

  @Override
  public synchronized Optional<PlacementPin> pinned(String fingerprint, String replica) {
    requireUp();
    return Optional.ofNullable(pin);
  }

  @Override
  public synchronized void pin(PlacementPin placementPin, String on) {
    requireUp();
    pin = placementPin;
  }

  @Override
  public synchronized boolean unpin(PlacementPin placementPin, String on) {
    requireUp();
    boolean was = pin != null;
    pin = null;
    return was;
  }

  private void requireUp() {
    if (down) {
      throw new StoreUnavailableException("the database does not answer: refused", null);
    }
  }
}

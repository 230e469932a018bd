package io.fiddler.store.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.store.PostgresPlacementStore;
import io.fiddler.store.TestStore;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.Hits;
import io.fiddler.usage.version.PlacementEvent;
import io.fiddler.usage.version.PlacementPin;
import io.fiddler.usage.version.VersionSummary;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Journal, pins, what was achieved and the list, in a real PostgreSQL.
final class PlacementLifeTest {
  private static final String PRINT = "print";

  private final TestStore store = TestStore.create();
  private final PostgresPlacementStore versions = new PostgresPlacementStore(store.connection());
  private final PostgresPlacementJournal journal = new PostgresPlacementJournal(store.connection());
  private final PostgresPlacementPins pins = new PostgresPlacementPins(store.connection());
  private final PostgresAchievedLog achieved = new PostgresAchievedLog(store.connection());
  private final PostgresVersionHistory history = new PostgresVersionHistory(store.connection());

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void everythingDone_isRecorded_withWhoAndWhy() {
    long version = record("a", PlacementAction.ROLLBACK).id();
    pins.pin(pin("a", version), "a");
    journal.note(
        new PlacementEvent(
            PRINT, "a", Versions.NOW, PlacementAction.PROPOSE, null, "bob", "why", "detail"));
    pins.unpin(pin("a", version), "a");

    List<PlacementEvent> events = journal.events(PRINT, 10, null);

    assertThat(events)
        .extracting(PlacementEvent::action)
        .containsExactly(
            PlacementAction.UNPIN,
            PlacementAction.PROPOSE,
            PlacementAction.PIN,
            PlacementAction.ROLLBACK);
    assertThat(events)
        .extracting(PlacementEvent::by)
        .containsExactly("carol", "bob", "carol", "alice");
    assertThat(events.getLast())
        .isEqualTo(
            new PlacementEvent(
                events.getLast().id(),
                PRINT,
                "a",
                Versions.NOW,
                PlacementAction.ROLLBACK,
                version,
                "alice",
                "a reason",
                null,
                null));
    assertThat(journal.events(PRINT, 1, events.getFirst().id())).containsExactly(events.get(1));
    assertThat(journal.events("other", 10, null)).isEmpty();
  }

  @Test
  void operatorsAction_isForTheOthers_untilTheyHaveChangedThemselves() {
    record("b", PlacementAction.START);
    long applied = record("a", PlacementAction.APPLY).id();

    assertThat(journal.askedElsewhere(PRINT, "a")).isEmpty();
    assertThat(journal.askedElsewhere(PRINT, "b"))
        .hasValueSatisfying(event -> {
          assertThat(event.version()).isEqualTo(applied);
          assertThat(event.replica()).isEqualTo("a");
          assertThat(event.by()).isEqualTo("alice");
        });
    PlacementEvent asked = journal.askedElsewhere(PRINT, "b").orElseThrow();
    long later = record("a", PlacementAction.ROLLBACK).id();
    follow("b", asked);
    // What came while it followed is still to be followed.
    PlacementEvent next = journal.askedElsewhere(PRINT, "b").orElseThrow();
    assertThat(next.version()).isEqualTo(later);
    follow("b", next);
    assertThat(journal.askedElsewhere(PRINT, "b")).isEmpty();
    assertThat(journal.askedElsewhere("other", "b")).isEmpty();
  }

  @Test
  void startsCorrectionsAndFollowing_areNotForTheOthers() {
    record("b", PlacementAction.START);
    long version = record("a", PlacementAction.START).id();
    record("a", PlacementAction.CORRECT);
    record("a", PlacementAction.FOLLOW);
    pins.pin(pin("a", version), "a");

    assertThat(journal.askedElsewhere(PRINT, "b")).isEmpty();

    pins.pin(pin(null, version), "a");

    assertThat(journal.askedElsewhere(PRINT, "b").orElseThrow().version()).isEqualTo(version);
  }

  @Test
  void pin_ofAReplica_winsOverThatOfAll() {
    long first = record("a", PlacementAction.START).id();
    long second = record("a", PlacementAction.START).id();
    assertThat(pins.pinned(PRINT, "a")).isEmpty();

    pins.pin(pin(null, first), "a");
    pins.pin(pin("a", first), "a");
    pins.pin(pin("a", second), "a");

    assertThat(pins.pinned(PRINT, "a")).contains(pin("a", second));
    assertThat(pins.pinned(PRINT, "b")).contains(pin(null, first));
    assertThat(pins.pinned("other", "a")).isEmpty();
    assertThat(pins.unpin(pin("a", second), "a")).isTrue();
    assertThat(pins.unpin(pin("a", second), "a")).isFalse();
    assertThat(pins.pinned(PRINT, "a").orElseThrow().isForAll()).isTrue();
  }

  @Test
  void achieved_isTheSumOverProcesses_andCountsNothingTwice() {
    long version = record("a", PlacementAction.START).id();
    UUID run = UUID.randomUUID();
    assertThat(achieved.achieved(version)).isEmpty();

    achieved.write(version, run, "a", counted(1, 2, 10));
    achieved.write(version, run, "a", counted(3, 4, 20));
    achieved.write(version, run, "a", counted(3, 4, 20));
    achieved.write(version, run, "a", counted(1, 2, 10)); // came late
    achieved.write(version, UUID.randomUUID(), "a", counted(10, 20, 30));

    assertThat(achieved.achieved(version))
        .contains(
            new Achieved(
                new Hits(13, 24), new Hits(13, 26), Versions.NOW, Versions.NOW.plusSeconds(30)));
  }

  @Test
  void achieved_isPassedOver_whenTheVersionIsOfAnotherDatabase() {
    achieved.write(4711, UUID.randomUUID(), "a", counted(1, 2, 10));

    assertThat(achieved.achieved(4711)).isEmpty();
  }

  @Test
  void list_isNewestFirst_inPages_withWhatEachAchieved() {
    List<Long> ids =
        IntStream.range(0, 5).mapToObj(_ -> record("a", PlacementAction.START).id()).toList();
    versions.record(Versions.of("other", "a"), PlacementAction.START);
    achieved.write(ids.get(4), UUID.randomUUID(), "a", counted(1, 2, 10));

    List<VersionSummary> newest = history.list(PRINT, 2, null);
    List<VersionSummary> next = history.list(PRINT, 10, ids.get(3));

    assertThat(newest).extracting(VersionSummary::id).containsExactly(ids.get(4), ids.get(3));
    assertThat(next)
        .extracting(VersionSummary::id)
        .containsExactly(ids.get(2), ids.get(1), ids.get(0));
    VersionSummary first = newest.getFirst();
    assertThat(first.experts()).isEqualTo(2);
    assertThat(first.by()).isEqualTo("alice");
    assertThat(first.forecast().uncertainty()).isEqualTo(0.05);
    assertThat(first.achieved()).isNotNull();
    assertThat(first.achieved().overall().rate()).isCloseTo(2.0 / 5, within(1e-12));
    assertThat(newest.getLast().achieved()).isNull();
  }

  private PlacementVersion record(String replica, PlacementAction action) {
    return versions.record(Versions.of(PRINT, replica), action);
  }

  private void follow(String replica, PlacementEvent asked) {
    long version = record(replica, PlacementAction.FOLLOW).id();
    journal.note(
        new PlacementEvent(
            0,
            PRINT,
            replica,
            Versions.NOW,
            PlacementAction.FOLLOW,
            version,
            null,
            null,
            null,
            asked.id()));
  }

  private static PlacementPin pin(@Nullable String replica, long version) {
    return new PlacementPin(PRINT, replica, version, "carol", Versions.NOW, "held");
  }

  private static Achieved counted(long hits, long assignments, int seconds) {
    return new Achieved(
        new Hits(hits, assignments),
        new Hits(hits, assignments + 1),
        Versions.NOW,
        Versions.NOW.plusSeconds(seconds));
  }
}

package io.fiddler.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.ops.FakeEngine;
import io.fiddler.ops.FakeStore;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.version.PlacementEvent;
import io.fiddler.usage.version.PlacementPin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What others than operators do with placements: correction and other replicas.
final class ReplanningTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.089Z");
  private static final Instruction ALICE = new Instruction("alice", null);

  private final FakeEngine engine = new FakeEngine();
  private final FakeStore store = new FakeStore();
  private final CurrentPlacement current = new CurrentPlacement();
  private final PlacementPlanner planner =
      new PlacementPlanner(
          store,
          PolicyCatalogue.withDefaults(),
          new HalfLives(Duration.ofDays(7), Duration.ofHours(1)),
          () -> "here",
          Clock.fixed(NOW, ZoneOffset.UTC));
  private final Replanning replanning =
      new Replanning(engine, store, planner, store.records(), current);

  @BeforeEach
  void start() {
    Room room = new Room(FakeEngine.FINGERPRINT, FakeEngine.GRID, FakeEngine.CAPACITY);
    PlacementVersion even = new StartupPlanning(planner, store.records()).plan(room);
    engine.apply(new VersionedPlacement(even.id(), even.placement())).join();
    current.set(even);
    replanning.readPinned();
  }

  @Test
  void correction_isAVersionOrAnEpochOfOne() {
    correct(correction(true, new ExpertId(0, 1), new ExpertId(2, 1)));
    correct(correction(false, new ExpertId(0, 1), new ExpertId(2, 2)));

    assertThat(store.placements).hasSize(2);
    assertThat(store.placements.getLast().author()).isEqualTo(Author.AUTOMATIC);
    assertThat(store.placements.getLast().reason()).isEqualTo("it gains");
    assertThat(store.placements.getLast().by()).isNull();
    assertThat(engine.placement().version()).isEqualTo(2);
    assertThat(engine.residency().isResident(2, 2)).isTrue();
    assertThat(current.get().orElseThrow().placement()).isEqualTo(engine.placement().placement());
  }

  @Test
  void pin_makesAVersionOfWhatWasCorrected() {
    correct(correction(false, new ExpertId(0, 1), new ExpertId(2, 1)));

    replanning.pin(Optional.empty(), false, ALICE);

    assertThat(store.placements).hasSize(2);
    assertThat(store.placements.getLast().placement()).isEqualTo(engine.placement().placement());
    assertThat(store.placements.getLast().reason()).isEqualTo("1 as it was corrected");
    assertThat(replanning.pinned().orElseThrow().version()).isEqualTo(2);
    assertThat(engine.placement().version()).isEqualTo(2);
  }

  @Test
  void pin_undoesACorrectionThatIsUnderWay() {
    engine.slow = true;
    var correcting =
        replanning.correct(correction(false, new ExpertId(0, 1), new ExpertId(2, 1))).orElseThrow();

    replanning.pin(Optional.empty(), false, ALICE);

    assertThat(correcting).isCompletedExceptionally();
    assertThat(replanning.pinned().orElseThrow().version()).isEqualTo(1);
    assertThat(current.get().orElseThrow().placement())
        .isEqualTo(store.placements.getFirst().placement())
        .isEqualTo(engine.placement().placement());
  }

  @Test
  void correction_changesNothing_whileAPlacementIsPinned() {
    Correction correction = correction(true, new ExpertId(0, 1));
    replanning.pin(Optional.empty(), false, ALICE);

    assertThat(replanning.correct(correction)).isEmpty();
    assertThat(engine.placement().version()).isEqualTo(1);
  }

  @Test
  void correction_changesNothing_whenItsBasisIsNoLongerInForce() {
    Correction stale = correction(false, new ExpertId(0, 1));
    replanning.apply(Optional.empty(), ALICE);

    assertThat(replanning.correct(stale)).isEmpty();
    assertThat(engine.placement().version()).isEqualTo(2);
  }

  @Test
  void correctionWithinAVersion_needsNoDatabase() {
    store.down = true;

    correct(correction(false, new ExpertId(0, 1), new ExpertId(2, 1)));

    assertThat(engine.residency().isResident(2, 1)).isTrue();
  }

  private void correct(Correction correction) {
    replanning.correct(correction).orElseThrow().join();
  }

  @Test
  void follow_fitsWhatWasDoneElsewhere_toThisDevice() {
    store.statistics.add(Phase.DECODE, 0, 1, 3);
    askedElsewhere(new ExpertId(0, 1), new ExpertId(2, 3), new ExpertId(2, 0));

    PlacementVersion followed = replanning.follow().orElseThrow().version();

    assertThat(followed.placement().experts())
        .extracting(ScoredExpert::id)
        .containsExactly(new ExpertId(0, 1), new ExpertId(2, 3));
    assertThat(followed.replica()).isEqualTo("here");
    assertThat(followed.author()).isEqualTo(Author.OPERATOR);
    assertThat(followed.by()).isEqualTo("bob");
    assertThat(followed.reason()).isEqualTo("follows 2 of there: because");
    assertThat(followed.placement().forecast().overall()).isEqualTo(1);
    assertThat(engine.placement().version()).isEqualTo(3);
  }

  @Test
  void follow_makesNoVersion_whenTheExpertsAreHereAlready() {
    askedElsewhere(new ExpertId(0, 0), new ExpertId(2, 0), new ExpertId(2, 1));

    assertThat(replanning.follow().orElseThrow().version().id()).isEqualTo(1);

    assertThat(store.placements).hasSize(2);
    assertThat(store.events)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.action()).isEqualTo(PlacementAction.FOLLOW);
          assertThat(event.version()).isEqualTo(1);
          assertThat(event.followed()).isEqualTo(1);
        });
  }

  @Test
  void follow_doesNothing_whenThisReplicaHasAPinOfItsOwn_butHeedsThatOfAll() {
    askedElsewhere(new ExpertId(0, 1), new ExpertId(2, 3));
    replanning.pin(Optional.empty(), false, ALICE);
    assertThat(replanning.follow()).isEmpty();
    replanning.unpin(false, ALICE);
    store.pin = new PlacementPin(FakeEngine.FINGERPRINT, null, 2, "bob", NOW, null);

    assertThat(replanning.follow()).isPresent();

    assertThatThrownBy(() -> replanning.apply(Optional.empty(), ALICE))
        .hasMessage("placement 2 is pinned on all replicas by bob: unpin it first, with scope all");
    assertThatThrownBy(() -> replanning.unpin(false, ALICE))
        .isInstanceOf(PlacementRefusedException.class);
    replanning.unpin(true, ALICE);
    assertThat(replanning.pinned()).isEmpty();
  }

  @Test
  void follow_recordsOneVersion_howeverOftenTheDeviceRefusesIt() {
    askedElsewhere(new ExpertId(0, 1), new ExpertId(2, 3));
    FleetFollowing following = new FleetFollowing(replanning, true);
    engine.refusal = new IllegalStateException("the device has no room");

    following.look();
    following.look();

    assertThat(store.placements).hasSize(3);
    assertThat(engine.placement().version()).isEqualTo(1);
    engine.refusal = null;
    following.look();
    assertThat(store.placements).hasSize(3);
    assertThat(engine.placement().version()).isEqualTo(3);
    assertThat(store.events).singleElement().extracting(PlacementEvent::version).isEqualTo(3L);
  }

  @Test
  void follow_goesToWhatIsPinnedForAll_whenAnotherReplicaAppliesLater() {
    askedElsewhere(new ExpertId(0, 1), new ExpertId(2, 3));
    store.pin = new PlacementPin(FakeEngine.FINGERPRINT, null, 1, "bob", NOW, null);

    assertThat(replanning.follow().orElseThrow().version().id()).isEqualTo(1);

    assertThat(engine.placement().version()).isEqualTo(1);
    assertThat(store.events).singleElement().extracting(PlacementEvent::followed).isEqualTo(1L);
  }

  @Test
  void rollback_changesNothing_whenAnotherReplicaPinsMeanwhile() {
    replanning.apply(Optional.empty(), ALICE);
    store.pinnedNext = new PlacementPin(FakeEngine.FINGERPRINT, null, 2, "bob", NOW, null);

    assertThatThrownBy(() -> replanning.rollback(1, ALICE))
        .isInstanceOf(PlacementRefusedException.class);

    assertThat(store.placements).hasSize(2);
    assertThat(engine.placement().version()).isEqualTo(2);
  }

  private void askedElsewhere(ExpertId... experts) {
    store.placements.add(
        new PlacementVersion(
            2,
            FakeEngine.FINGERPRINT,
            "there",
            NOW,
            Author.OPERATOR,
            null,
            null,
            "because",
            placement(experts)));
    store.asked =
        new PlacementEvent(
            1,
            FakeEngine.FINGERPRINT,
            "there",
            NOW,
            PlacementAction.APPLY,
            2L,
            "bob",
            "because",
            null,
            null);
  }

  private Correction correction(boolean newVersion, ExpertId... experts) {
    return new Correction(
        current.get().orElseThrow().id(),
        placement(experts),
        newVersion,
        NOW.minusSeconds(300),
        NOW,
        "it gains",
        1_000_000);
  }

  private static Placement placement(ExpertId... experts) {
    return new Placement(
        List.of(experts).stream().map(id -> new ScoredExpert(id, 0.5)).toList(),
        "correction",
        Map.of(),
        new HitRateForecast(0.5, 0.5, 0.5));
  }
}

package io.fiddler.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.file.PlacementFile;
import io.fiddler.engine.file.StatisticsFile;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.PlacementRecords;
import io.fiddler.learning.PrimedHistory;
import io.fiddler.learning.StartupPlanning;
import io.fiddler.model.ModelConfig;
import io.fiddler.ops.FakeStore;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.version.PlacementPin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StartupPlacementTest {
  private static final ExpertGrid GRID = new ExpertGrid(List.of(4, 4));
  private static final ModelSummary MODEL =
      new ModelSummary(
          "fake",
          "f00d",
          new ModelConfig("mixtral", 100, 8, 64, 1e-5, false, Set.of(), Set.of(), List.of()),
          GRID,
          1_000,
          2,
          9_000);

  @TempDir private Path home;
  private PlacementCache cache;
  private final CurrentPlacement current = new CurrentPlacement();
  private final ActivationStatistics statistics = new ActivationStatistics(GRID);
  private String statisticsFile = "";
  private String placementFile = "";
  private final FakeStore recorder = new FakeStore();

  @BeforeEach
  void openCache() {
    cache = new PlacementCache(home);
  }

  @Test
  void placement_isRecordedAndKept_whenTheDatabaseAnswers() {
    statistics.add(Phase.DECODE, 1, 3, 10);

    VersionedPlacement chosen = startup(() -> true).choose(MODEL, 1);

    assertThat(chosen.version()).isEqualTo(1);
    assertThat(experts(chosen)).containsExactly(new ExpertId(1, 3));
    assertThat(current.get())
        .hasValueSatisfying(version -> assertThat(version.author()).isEqualTo(Author.STARTUP));
    assertThat(cache.read("f00d")).isEqualTo(current.get());
    assertThat(home.resolve("placement-f00d.json")).exists();
  }

  @Test
  void placement_isEven_withoutHistory() {
    VersionedPlacement chosen = startup(() -> true).choose(MODEL, 2);

    assertThat(chosen.placement().policy()).isEqualTo("even");
    assertThat(experts(chosen)).containsExactly(new ExpertId(0, 0), new ExpertId(1, 0));
  }

  @Test
  void placement_isTheLastOne_whenTheDatabaseIsDown() {
    statistics.add(Phase.DECODE, 1, 3, 10);
    VersionedPlacement before = startup(() -> true).choose(MODEL, 1);

    VersionedPlacement chosen = startup(() -> false).choose(MODEL, 1);

    assertThat(chosen).isEqualTo(before);
  }

  @Test
  void placement_isTheLastOne_whenTheDatabaseGoesAwayMeanwhile() {
    statistics.add(Phase.DECODE, 1, 3, 10);
    VersionedPlacement before = startup(() -> true).choose(MODEL, 1);
    recorder.down = true;

    assertThat(startup(() -> true).choose(MODEL, 1)).isEqualTo(before);
  }

  @Test
  void placement_isTheLastOne_whenItWasMadeForALargerDevice() {
    VersionedPlacement larger = startup(() -> true).choose(MODEL, 3);

    VersionedPlacement chosen = startup(() -> false).choose(MODEL, 2);

    // The engine takes the best of it, which come first.
    assertThat(chosen).isEqualTo(larger);
  }

  @Test
  void startWithoutADevice_recordsAndKeepsNothing() {
    assertThat(startup(() -> true).choose(MODEL, 0).version()).isZero();

    assertThat(recorder.placements).isEmpty();
    assertThat(startup(() -> false).choose(MODEL, 2).version()).isZero();
  }

  @Test
  void pinnedPlacement_isStartedWith_asItIs() {
    VersionedPlacement first = startup(() -> true).choose(MODEL, 2);
    statistics.add(Phase.DECODE, 1, 3, 10);
    pin(first.version(), "replica-1");

    assertThat(startup(() -> true).choose(MODEL, 2)).isEqualTo(first);
    assertThat(recorder.events)
        .singleElement()
        .satisfies(event -> assertThat(event.action()).isEqualTo(PlacementAction.START));
  }

  @Test
  void pinnedPlacement_isFitted_whenTheDeviceIsAnotherOne() {
    VersionedPlacement first = startup(() -> true).choose(MODEL, 2);
    statistics.add(Phase.DECODE, 1, 3, 10);
    pin(first.version(), null);

    VersionedPlacement smaller = startup(() -> true).choose(MODEL, 1);
    VersionedPlacement larger = startup(() -> true).choose(MODEL, 3);

    assertThat(experts(smaller)).containsExactly(new ExpertId(0, 0));
    // What is left goes to whom the history wants.
    assertThat(experts(larger))
        .containsExactly(new ExpertId(0, 0), new ExpertId(1, 0), new ExpertId(1, 3));
    assertThat(current.get().orElseThrow().reason())
        .isEqualTo("pinned 1 of replica-1, fitted to 3 experts");
  }

  private void pin(long version, @Nullable String replica) {
    recorder.pin(
        new PlacementPin("f00d", replica, version, "alice", Instant.EPOCH, null), "replica-1");
  }

  @Test
  void placement_isEvenAndUnrecorded_whenNoneWasKept() {
    assertThat(startup(() -> false).choose(MODEL, 2).version()).isZero();
  }

  @Test
  void start_isRefused_whenTheDatabaseIsRequired() {
    StartupException refusal =
        new StartupException("the database does not answer", new IllegalStateException());

    assertThatThrownBy(() ->
            startup(
                    () -> {
                      throw refusal;
                    })
                .choose(MODEL, 2))
        .isSameAs(refusal);
  }

  @Test
  void keptPlacement_isPassedOver_whenItsFileIsDamaged() throws IOException {
    startup(() -> true).choose(MODEL, 2);
    Files.writeString(home.resolve("placement-f00d.json"), "{\"id\":");

    assertThat(cache.read("f00d")).isEmpty();
    assertThat(startup(() -> false).choose(MODEL, 2).version()).isZero();
  }

  @Test
  void cache_leavesNoOtherFiles() throws IOException {
    startup(() -> true).choose(MODEL, 2);
    startup(() -> true).choose(MODEL, 2);

    try (Stream<Path> files = Files.list(home)) {
      assertThat(files).containsExactly(home.resolve("placement-f00d.json"));
    }
  }

  @Test
  void placement_isPlannedFromTheFileOfStatistics_untilTheHistoryOutweighsIt() {
    ActivationStatistics elsewhere = new ActivationStatistics(GRID);
    elsewhere.add(Phase.PREFILL, 0, 2, 1e9);
    statisticsFile = statisticsFile("f00d", elsewhere);

    assertThat(experts(startup(() -> true).choose(MODEL, 1))).containsExactly(new ExpertId(0, 2));

    // They count as a hundred choices an expert.
    statistics.add(Phase.DECODE, 1, 3, 799);
    assertThat(experts(startup(() -> true).choose(MODEL, 1))).containsExactly(new ExpertId(0, 2));
    statistics.add(Phase.DECODE, 1, 3, 2);
    assertThat(experts(startup(() -> true).choose(MODEL, 1))).containsExactly(new ExpertId(1, 3));
  }

  @Test
  void placement_isPlannedFromTheFileOfStatistics_whenTheDatabaseIsDownAndNoneWasKept() {
    ActivationStatistics elsewhere = new ActivationStatistics(GRID);
    elsewhere.add(Phase.PREFILL, 0, 2, 5);
    statisticsFile = statisticsFile("f00d", elsewhere);

    VersionedPlacement chosen = startup(() -> false).choose(MODEL, 1);

    assertThat(chosen.version()).isZero();
    assertThat(experts(chosen)).containsExactly(new ExpertId(0, 2));
  }

  @Test
  void start_isRefusedWithOneSentence_whenTheStatisticsAreOfAnotherModel() {
    statisticsFile = statisticsFile("beef", new ActivationStatistics(GRID));

    assertThatThrownBy(() -> startup(() -> true).choose(MODEL, 1))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "fiddler.placement.statistics: fingerprint must be that of the model served, f00d, got"
                + " beef: the file was made for another model (%s)",
            statisticsFile);
  }

  @Test
  void placement_isTheOneOfTheFile_whateverTheHistory() {
    statistics.add(Phase.DECODE, 1, 3, 10);
    placementFile = placementFile("f00d", new ExpertId(0, 2), new ExpertId(1, 0));

    VersionedPlacement chosen = startup(() -> true).choose(MODEL, 2);

    assertThat(chosen.version()).isEqualTo(1);
    assertThat(experts(chosen)).containsExactly(new ExpertId(0, 2), new ExpertId(1, 0));
    assertThat(chosen.placement().policy()).isEqualTo("blend");
    assertThat(chosen.placement().forecast().overall()).as("of the history").isZero();
    assertThat(current.get())
        .hasValueSatisfying(version -> {
          assertThat(version.author()).isEqualTo(Author.STARTUP);
          assertThat(version.reason()).isEqualTo("from " + placementFile);
        });
  }

  @Test
  void placementOfAFile_isCutToTheDevice_bestFirst_alsoWithoutTheDatabase() {
    placementFile = placementFile("f00d", new ExpertId(0, 2), new ExpertId(1, 0));

    VersionedPlacement chosen = startup(() -> false).choose(MODEL, 1);

    assertThat(chosen.version()).isZero();
    assertThat(experts(chosen)).containsExactly(new ExpertId(0, 2));
    assertThat(chosen.placement().forecast().overall()).isEqualTo(0.25);
  }

  @Test
  void start_isRefusedWithOneSentence_whenThePlacementIsNotThere() {
    placementFile = home.resolve("nope.json").toString();

    assertThatThrownBy(() -> startup(() -> true).choose(MODEL, 1))
        .isInstanceOf(StartupException.class)
        .hasMessage("fiddler.placement.file: there is no file %s", placementFile);
  }

  private String statisticsFile(String fingerprint, ActivationStatistics counts) {
    Path file = home.resolve("statistics.json");
    new StatisticsFile("fake", fingerprint, Map.of("default", counts)).write(file, GRID);
    return file.toString();
  }

  private String placementFile(String fingerprint, ExpertId... experts) {
    Path file = home.resolve("given.json");
    Placement placement =
        new Placement(
            Arrays.stream(experts).map(id -> new ScoredExpert(id, 0.5)).toList(),
            "blend",
            Map.of("recent", "0.5"),
            new HitRateForecast(0.5, 0.5, 0.5, 0.1));
    new PlacementFile(fingerprint, placement).write(file);
    return file.toString();
  }

  private StartupPlacement startup(StartupPlacement.DatabaseGate gate) {
    PlacementStore store = new CachingPlacementStore(recorder, cache);
    LearnedElsewhere elsewhere =
        new LearnedElsewhere(
            Optional.of(statisticsFile).filter(file -> !file.isEmpty()).map(Path::of),
            Optional.of(placementFile).filter(file -> !file.isEmpty()).map(Path::of));
    PlacementPlanner planner =
        new PlacementPlanner(
            new PrimedHistory(
                (fingerprint, grid, now, halfLives) -> PastActivations.of(statistics), elsewhere),
            PolicyCatalogue.withDefaults(),
            new HalfLives(Duration.ofDays(7), Duration.ofHours(1)),
            () -> "replica-1",
            Clock.systemUTC());
    PlacementRecords records = recorder.records(store);
    return new StartupPlacement(
        gate, new StartupPlanning(planner, records), elsewhere, cache, current);
  }

  private static List<ExpertId> experts(VersionedPlacement placement) {
    return placement.placement().experts().stream().map(ScoredExpert::id).toList();
  }
}

package io.fiddler.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.ModelSummary;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.model.ModelConfig;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.policy.PolicyCatalog;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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
          9_000);

  @TempDir private Path home;
  private PlacementCache cache;
  private final CurrentPlacement current = new CurrentPlacement();
  private final ActivationStatistics statistics = new ActivationStatistics(GRID);
  private boolean answers = true;
  private long lastId;

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
    answers = false;

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
  void placementOfAStartWithoutADevice_isNotKept() {
    startup(() -> true).choose(MODEL, 0);

    assertThat(startup(() -> false).choose(MODEL, 2).version()).isZero();
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

  private StartupPlacement startup(StartupPlacement.DatabaseGate gate) {
    PlacementStore store = new CachingPlacementStore(new Recorder(), cache);
    PlacementPlanner planner =
        new PlacementPlanner(
            (fingerprint, grid, now, halfLives) -> PastActivations.of(statistics),
            store,
            PolicyCatalog.standard().policy("auto"),
            new HalfLives(Duration.ofDays(7), Duration.ofHours(1)),
            "replica-1",
            Clock.systemUTC());
    return new StartupPlacement(gate, planner, cache, current);
  }

  private static List<ExpertId> experts(VersionedPlacement placement) {
    return placement.placement().experts().stream().map(ScoredExpert::id).toList();
  }

  /// Gives out ids, unless the database is to be down.
  private final class Recorder implements PlacementStore {
    @Override
    public PlacementVersion record(PlacementVersion version) {
      if (!answers) {
        throw new StoreUnavailableException("down", new IllegalStateException("down"));
      }
      return new PlacementVersion(
          ++lastId,
          version.fingerprint(),
          version.replica(),
          version.createdAt(),
          version.author(),
          version.windowStart(),
          version.windowEnd(),
          version.reason(),
          version.placement());
    }

    @Override
    public Optional<PlacementVersion> latest(String fingerprint) {
      return Optional.empty();
    }
  }
}

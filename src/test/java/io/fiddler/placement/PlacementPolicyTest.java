package io.fiddler.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PlacementPolicyTest {
  private static final ExpertGrid GRID = new ExpertGrid(Collections.nCopies(6, 8));
  private static final HitRateForecast ZERO = new HitRateForecast(0, 0, 0);
  private static final HitRateForecast ONE = new HitRateForecast(1, 1, 1);

  private final PlacementPolicy even = new EvenSpreadPolicy();
  private final PlacementPolicy frequency = new FrequencyPolicy();
  private final PlacementPolicy learned = io.fiddler.placement.policy.PolicyCatalog.standard().policy("auto");

  @Test
  void even_takesAsManyFromEachLayer() {
    Placement placement = even.plan(PastActivations.none(GRID), 12);
    assertThat(perLayer(GRID, placement)).containsExactly(2, 2, 2, 2, 2, 2);
    assertThat(placement.policy()).isEqualTo("even");
    assertThat(placement.forecast()).isEqualTo(new HitRateForecast(0.25, 0.25, 0.25));
    assertThat(placement.experts()).allMatch(expert -> expert.score() == 1.0 / 8);
  }

  @Test
  void even_takesTheSameShare_whenLayersDiffer() {
    ExpertGrid grid = new ExpertGrid(List.of(4, 0, 16, 8));
    assertThat(perLayer(grid, even.plan(PastActivations.none(grid), 14)))
        .containsExactly(2, 0, 8, 4);
    for (int capacity = 0; capacity <= 28; capacity++) {
      int[] taken = perLayer(grid, even.plan(PastActivations.none(grid), capacity));
      assertThat(IntStream.of(taken).sum()).isEqualTo(capacity);
      for (int layer : new int[] {0, 2, 3}) {
        assertThat((double) taken[layer])
            .as("layer %d at capacity %d", layer, capacity)
            .isCloseTo(capacity / 28.0 * grid.numExperts(layer), within(1.0 + 1e-9));
      }
    }
  }

  @Test
  void frequency_takesTheMostChosen_overAllLayersAndBothPhases() {
    ActivationStatistics statistics = new ActivationStatistics(GRID);
    statistics.add(Phase.PREFILL, 0, 7, 60);
    statistics.add(Phase.PREFILL, 0, 1, 40);
    statistics.add(Phase.PREFILL, 3, 2, 50);
    statistics.add(Phase.DECODE, 3, 2, 30);
    statistics.add(Phase.DECODE, 5, 5, 20);

    Placement placement = frequency.plan(PastActivations.of(statistics), 2);
    assertThat(placement.experts())
        .containsExactly(
            new ScoredExpert(new ExpertId(3, 2), 1.0), new ScoredExpert(new ExpertId(0, 7), 0.6));
    assertThat(placement.policy()).isEqualTo("frequency");
    assertThat(placement.parameters()).containsEntry("assignments", "200");
    assertThat(placement.forecast())
        .isEqualTo(new HitRateForecast(140.0 / 200, 110.0 / 150, 30.0 / 50));
  }

  @Test
  void frequency_spreadsTheRestEvenly_whenCountsAreEqual() {
    ActivationStatistics statistics = new ActivationStatistics(GRID);
    statistics.add(Phase.DECODE, 4, 6, 1e9);
    Placement placement = frequency.plan(PastActivations.of(statistics), 7);
    assertThat(placement.experts().getFirst().id()).isEqualTo(new ExpertId(4, 6));
    assertThat(perLayer(GRID, placement)).containsExactly(1, 1, 1, 1, 2, 1);
    assertThat(placement.forecast()).isEqualTo(ONE);
  }

  @Test
  void policies_handleNoRoom_andRoomForAll() {
    ActivationStatistics statistics = traffic(11, 2_000);
    for (PlacementPolicy policy : List.of(even, frequency, learned)) {
      assertThat(policy.plan(PastActivations.of(statistics), 0).experts()).isEmpty();
      assertThat(policy.plan(PastActivations.of(statistics), 0).forecast()).isEqualTo(ZERO);
      Placement all = policy.plan(PastActivations.of(statistics), 1_000);
      assertThat(ids(all)).doesNotHaveDuplicates().hasSize(GRID.size());
      assertThat(all.forecast().overall()).isCloseTo(1, within(1e-9));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> policy.plan(PastActivations.of(statistics), -1))
          .withMessage("capacity must be at least 0, got -1");
    }
  }

  @Test
  void policies_planNothing_whenTheModelHasNoExperts() {
    ActivationStatistics none = new ActivationStatistics(new ExpertGrid(List.of(0, 0)));
    for (PlacementPolicy policy : List.of(even, frequency, learned)) {
      assertThat(policy.plan(PastActivations.of(none), 5).experts()).isEmpty();
      assertThat(policy.plan(PastActivations.of(none), 5).forecast()).isEqualTo(ZERO);
    }
  }

  @Test
  void learned_spreadsEvenly_untilThereIsAHistory() {
    ActivationStatistics statistics = new ActivationStatistics(GRID);
    assertThat(learned.plan(PastActivations.of(statistics), 12))
        .isEqualTo(even.plan(PastActivations.of(statistics), 12));
    statistics.add(Phase.DECODE, 1, 1, 0.25);
    assertThat(learned.plan(PastActivations.of(statistics), 12))
        .isEqualTo(frequency.plan(PastActivations.of(statistics), 12));
  }

  @Test
  void forecast_isTheHitRateOfTheCountedTraffic_replayed() {
    long seed = 5;
    SplittableRandom random = new SplittableRandom(seed);
    List<ExpertId> trace = new ArrayList<>();
    ActivationStatistics statistics = new ActivationStatistics(GRID);
    for (int i = 0; i < 10_000; i++) {
      ExpertId id = skewed(random);
      trace.add(id);
      statistics.add(Phase.DECODE, id.layer(), id.expert(), 1);
    }
    for (int capacity = 0; capacity <= GRID.size(); capacity++) {
      Placement placement = frequency.plan(PastActivations.of(statistics), capacity);
      Set<ExpertId> resident = new HashSet<>(ids(placement));
      double hitRate = trace.stream().filter(resident::contains).count() / 10_000.0;
      assertThat(placement.forecast().decode())
          .as("capacity %d, seed %d", capacity, seed)
          .isCloseTo(hitRate, within(1e-9));
      assertThat(placement.forecast().prefill()).isEqualTo(placement.forecast().overall());
    }
  }

  @Test
  void frequency_isNotBeaten_byAnyOtherSetOfThatSize() {
    long seed = 6;
    ActivationStatistics statistics = traffic(seed, 5_000);
    List<ExpertId> all = IntStream.range(0, GRID.size()).mapToObj(GRID::at).toList();
    Random shuffling = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<ExpertId> shuffled = new ArrayList<>(all);
      Collections.shuffle(shuffled, shuffling);
      int capacity = 1 + round % GRID.size();
      HitRateForecast other = Forecasts.of(statistics, shuffled.subList(0, capacity));
      assertThat(frequency.plan(PastActivations.of(statistics), capacity).forecast().overall())
          .as("capacity %d, seed %d", capacity, seed)
          .isGreaterThanOrEqualTo(other.overall() - 1e-12);
    }
  }

  @Test
  void forecast_keepsWithinBounds_whenCountsAreDecayed() {
    ActivationStatistics statistics = new ActivationStatistics(GRID);
    for (int index = 0; index < GRID.size(); index++) {
      ExpertId id = GRID.at(index);
      statistics.add(Phase.PREFILL, id.layer(), id.expert(), Math.pow(0.1, index % 9));
    }
    assertThat(frequency.plan(PastActivations.of(statistics), GRID.size()).forecast().overall())
        .isLessThanOrEqualTo(1);
  }

  @Test
  void statistics_refuse_whatIsNoCount() {
    ActivationStatistics statistics = new ActivationStatistics(GRID);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> statistics.add(Phase.DECODE, 2, 3, Double.NaN))
        .withMessage("a count must be finite and at least 0, got NaN for expert 2.3");
  }

  private static ActivationStatistics traffic(long seed, int assignments) {
    SplittableRandom random = new SplittableRandom(seed);
    ActivationStatistics statistics = new ActivationStatistics(GRID);
    for (int i = 0; i < assignments; i++) {
      ExpertId id = skewed(random);
      statistics.add(
          random.nextBoolean() ? Phase.PREFILL : Phase.DECODE, id.layer(), id.expert(), 1);
    }
    return statistics;
  }

  /// Low indices are more popular, as in real layers some experts are.
  private static ExpertId skewed(SplittableRandom random) {
    int layer = random.nextInt(GRID.numLayers());
    return new ExpertId(layer, random.nextInt(1 + random.nextInt(8)));
  }

  private static List<ExpertId> ids(Placement placement) {
    return placement.experts().stream().map(ScoredExpert::id).toList();
  }

  private static int[] perLayer(ExpertGrid grid, Placement placement) {
    int[] taken = new int[grid.numLayers()];
    ids(placement).forEach(id -> taken[id.layer()]++);
    return taken;
  }
}

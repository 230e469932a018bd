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
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PlacementPolicyTest {
  private static final ExpertGrid GRID = new ExpertGrid(Collections.nCopies(6, 8));

  private final PlacementPolicy even = new EvenSpreadPolicy();
  private final PlacementPolicy frequency = new FrequencyPolicy();
  private final List<PlacementPolicy> all =
      List.of(
          even,
          frequency,
          new DecodeWeightedPolicy(4),
          new BlendPolicy(0.5),
          new TenantWeightedPolicy(Map.of()));

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
    assertThat(placement.forecast()).isEqualTo(new HitRateForecast(1, 1, 1));
  }

  @Test
  void policies_handleNoRoom_andRoomForAll() {
    ActivationStatistics statistics = traffic(11, 2_000);
    for (PlacementPolicy policy : all) {
      assertThat(policy.plan(PastActivations.of(statistics), 0).experts()).isEmpty();
      assertThat(policy.plan(PastActivations.of(statistics), 0).forecast().overall()).isZero();
      Placement whole = policy.plan(PastActivations.of(statistics), 1_000);
      assertThat(ids(whole)).doesNotHaveDuplicates().hasSize(GRID.size());
      assertThat(whole.forecast().overall()).isCloseTo(1, within(1e-9));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> policy.plan(PastActivations.of(statistics), -1))
          .withMessage("capacity must be at least 0, got -1");
    }
  }

  @Test
  void policies_planNothing_whenTheModelHasNoExperts() {
    ActivationStatistics none = new ActivationStatistics(new ExpertGrid(List.of(0, 0)));
    for (PlacementPolicy policy : all) {
      assertThat(policy.plan(PastActivations.of(none), 5).experts()).isEmpty();
      assertThat(policy.plan(PastActivations.of(none), 5).forecast())
          .isEqualTo(new HitRateForecast(0, 0, 0));
    }
  }

  @Test
  void decodeWeighted_prefersWhatIsChosenWhileDecoding() {
    ActivationStatistics statistics = new ActivationStatistics(GRID);
    statistics.add(Phase.PREFILL, 0, 7, 100);
    statistics.add(Phase.DECODE, 3, 2, 30);
    PastActivations past = PastActivations.of(statistics);

    assertThat(ids(new DecodeWeightedPolicy(3).plan(past, 1))).containsExactly(new ExpertId(0, 7));
    Placement placement = new DecodeWeightedPolicy(4).plan(past, 1);
    assertThat(ids(placement)).containsExactly(new ExpertId(3, 2));
    assertThat(placement.parameters()).containsEntry("weight", "4.0");
    assertThat(placement.forecast().decode()).isEqualTo(1);
    assertThat(placement.forecast().prefill()).isZero();
    assertThat(new DecodeWeightedPolicy(1).plan(past, 9).experts())
        .isEqualTo(frequency.plan(past, 9).experts());
  }

  @Test
  void blend_mixesTheTwoMemoriesByTheirShares() {
    ActivationStatistics decayed = new ActivationStatistics(GRID);
    decayed.add(Phase.DECODE, 0, 0, 6_000);
    decayed.add(Phase.DECODE, 1, 1, 4_000);
    ActivationStatistics recent = new ActivationStatistics(GRID);
    recent.add(Phase.DECODE, 1, 1, 10);
    PastActivations past = new PastActivations(decayed, recent, Map.of(), List.of());

    assertThat(ids(new BlendPolicy(0).plan(past, 1))).containsExactly(new ExpertId(0, 0));
    assertThat(ids(new BlendPolicy(0.1).plan(past, 1))).containsExactly(new ExpertId(0, 0));
    assertThat(ids(new BlendPolicy(0.5).plan(past, 1))).containsExactly(new ExpertId(1, 1));
    PastActivations quiet =
        new PastActivations(decayed, new ActivationStatistics(GRID), Map.of(), List.of());
    assertThat(ids(new BlendPolicy(1).plan(quiet, 1))).containsExactly(new ExpertId(0, 0));
  }

  @Test
  void tenantWeighted_givesALoudTenantNoMoreThanTheOthers() {
    PastActivations past =
        tenants(
            Map.of(
                "loud",
                List.of(0, 1_000_000),
                "quiet",
                List.of(1, 5_000),
                "shy",
                List.of(1, 5_000)));

    assertThat(ids(frequency.plan(past, 1))).containsExactly(new ExpertId(0, 0));
    assertThat(ids(new TenantWeightedPolicy(Map.of()).plan(past, 1)))
        .containsExactly(new ExpertId(1, 0));
    assertThat(ids(new TenantWeightedPolicy(Map.of("loud", 3.0)).plan(past, 1)))
        .containsExactly(new ExpertId(0, 0));
    assertThat(ids(new TenantWeightedPolicy(Map.of("quiet", 0.0, "shy", 0.0)).plan(past, 1)))
        .containsExactly(new ExpertId(0, 0));
  }

  @Test
  void tenantWeighted_givesATenantOfFewCountsALittleSay() {
    PastActivations past = tenants(Map.of("loud", List.of(0, 1_000_000), "new", List.of(1, 12)));

    Placement placement = new TenantWeightedPolicy(Map.of("new", 10.0)).plan(past, 1);
    assertThat(ids(placement)).containsExactly(new ExpertId(0, 0));
    assertThat(placement.parameters())
        .containsEntry("tenants", "2")
        .containsEntry("weight.new", "10.0");
  }

  /// Each tenant chose expert 0 of one layer so often.
  private static PastActivations tenants(Map<String, List<Integer>> choices) {
    Map<String, ActivationStatistics> byTenant = new TreeMap<>();
    choices.forEach((tenant, layerAndCount) -> {
      ActivationStatistics statistics = new ActivationStatistics(GRID);
      statistics.add(Phase.DECODE, layerAndCount.get(0), 0, layerAndCount.get(1));
      byTenant.put(tenant, statistics);
    });
    ActivationStatistics sum = ActivationStatistics.sum(GRID, byTenant.values());
    return new PastActivations(sum, sum, byTenant, List.of());
  }

  @Test
  void policies_refuseParametersOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DecodeWeightedPolicy(0))
        .withMessage("weight of decode-weighted must be a number above 0, got 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BlendPolicy(1.5))
        .withMessage("recent of blend must be in [0, 1], got 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TenantWeightedPolicy(Map.of("a", -1.0)))
        .withMessage(
            "the weight of a tenant in tenant-weighted must be a number of at least 0, got -1.0 for a");
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

package io.fiddler.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class UncertaintyTest {
  @Test
  void student_isTheQuantileOfTheTables() {
    assertThat(Uncertainty.student(2)).isCloseTo(2.920, within(0.04));
    assertThat(Uncertainty.student(4)).isCloseTo(2.132, within(0.003));
    assertThat(Uncertainty.student(10)).isCloseTo(1.812, within(0.001));
    assertThat(Uncertainty.student(1e6)).isCloseTo(1.645, within(0.001));
  }

  @Test
  void interval_isWide_beforeAnythingIsKnown_andShrinksWithEachDeviation() {
    Uncertainty uncertainty = new Uncertainty();
    double before = uncertainty.halfWidth();
    assertThat(before).isBetween(0.25, 0.35);
    for (int i = 0; i < 50; i++) {
      uncertainty.add(0, 1);
      assertThat(uncertainty.halfWidth()).isLessThan(before);
      before = uncertainty.halfWidth();
    }
    assertThat(before).isLessThan(0.015);
  }

  @Test
  void interval_isNoWiderThanEverything() {
    Uncertainty uncertainty = new Uncertainty();
    uncertainty.add(1, 1);
    assertThat(uncertainty.halfWidth()).isEqualTo(1);
  }

  @Test
  void deviationsOfLittleWeight_countLittle() {
    Uncertainty uncertainty = new Uncertainty();
    uncertainty.add(0.01, 1);
    assertThat(uncertainty.size()).isEqualTo(1);
    double before = uncertainty.halfWidth();
    uncertainty.add(0.3, 1e-6);
    assertThat(uncertainty.size()).isCloseTo(1, within(1e-5));
    assertThat(uncertainty.halfWidth()).isCloseTo(before, within(1e-3));
  }

  @Test
  void interval_holdsNineOfTenDrawnLikeThoseSeen() {
    for (int seen : new int[] {3, 6, 12, 48}) {
      long seed = seen;
      SplittableRandom random = new SplittableRandom(seed);
      int inside = 0;
      int rounds = 4_000;
      for (int round = 0; round < rounds; round++) {
        // Hosts differ in how much their traffic varies.
        double spread = 0.02 + 0.06 * random.nextDouble();
        Uncertainty uncertainty = new Uncertainty();
        for (int i = 0; i < seen; i++) {
          uncertainty.add(spread * random.nextGaussian(), 1);
        }
        inside += Math.abs(spread * random.nextGaussian()) <= uncertainty.halfWidth() ? 1 : 0;
      }
      assertThat((double) inside / rounds)
          .as("after %d deviations, seed %d", seen, seed)
          .isBetween(0.88, 0.94);
    }
  }

  @Test
  void forecastOfAPlacement_isAsUncertainAsItsHitRatesInTheBucketsVary() {
    ExpertGrid grid = new ExpertGrid(List.of(2, 2));
    List<ExpertId> resident = List.of(new ExpertId(0, 0), new ExpertId(1, 0));
    HitRateForecast steady = Forecasts.of(past(grid, 0), resident);
    HitRateForecast changing = Forecasts.of(past(grid, 20), resident);

    assertThat(steady.overall()).isCloseTo(0.5, within(1e-9));
    assertThat(steady.uncertainty()).isLessThan(0.03);
    assertThat(changing.overall()).isCloseTo(0.5, within(1e-9));
    // Hours of 0.3 and 0.7: 1.645 times their deviation, and a little for not being sure of it.
    assertThat(changing.uncertainty()).isBetween(0.33, 0.37);
  }

  /// Hours that prefer the resident experts and hours that prefer the others take turns.
  private static PastActivations past(ExpertGrid grid, int swing) {
    List<TimeBucket> buckets = new ArrayList<>();
    ActivationStatistics sum = new ActivationStatistics(grid);
    for (int hour = 0; hour < 24; hour++) {
      ActivationStatistics counts = new ActivationStatistics(grid);
      int more = hour % 2 == 0 ? swing : -swing;
      for (int layer = 0; layer < 2; layer++) {
        counts.add(Phase.DECODE, layer, 0, 50 + more);
        counts.add(Phase.DECODE, layer, 1, 50 - more);
      }
      sum.addAll(counts, 1);
      buckets.add(
          new TimeBucket(Instant.EPOCH.plus(Duration.ofHours(hour)), Duration.ofHours(1), counts));
    }
    return new PastActivations(sum, sum, Map.of(), buckets);
  }
}

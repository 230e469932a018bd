package io.fiddler.placement.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.expert.ExpertGrid;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class DivergenceTest {
  private static final ExpertGrid GRID = new ExpertGrid(List.of(4, 0, 4));

  @Test
  void divergence_isZero_whenLayersHaveTheSameShares() {
    double[] counts = {1e6, 2e6, 3e6, 4e6, 1e6, 1e6, 0, 0};
    double[] twice = Arrays.stream(counts).map(count -> 2 * count).toArray();
    assertThat(Divergence.between(GRID, twice, counts, 1).mean()).isZero();
    assertThat(Divergence.between(GRID, twice, counts, 1).max()).isZero();
  }

  @Test
  void divergence_isOneBit_whenALayerHasNothingInCommon() {
    double[] now = {1e9, 0, 0, 0, 1e9, 0, 0, 0};
    double[] before = {1e9, 0, 0, 0, 0, 1e9, 0, 0};
    Divergence divergence = Divergence.between(GRID, now, before, 1);
    assertThat(divergence.max()).isCloseTo(1, within(1e-6));
    assertThat(divergence.mean()).isCloseTo(0.5, within(1e-6));
    assertThat(divergence.layer()).isEqualTo(2);
  }

  @Test
  void layersWithoutCounts_areLeftOut() {
    double[] now = {1e9, 0, 0, 0, 0, 0, 0, 0};
    double[] before = {0, 1e9, 0, 0, 1, 1, 1, 1};
    assertThat(Divergence.between(GRID, now, before, 1).mean()).isCloseTo(1, within(1e-6));
    assertThat(Divergence.between(GRID, new double[8], before, 1))
        .isEqualTo(new Divergence(0, 0, -1));
  }

  @Test
  void smallSamplesOfTheSame_divergeByNothingOnAverage() {
    SplittableRandom random = new SplittableRandom(42);
    ExpertGrid grid = new ExpertGrid(List.of(8));
    double[] exact = {30e6, 25e6, 15e6, 10e6, 8e6, 6e6, 4e6, 2e6};
    double corrected = 0;
    double asCounted = 0;
    int samples = 400;
    for (int sample = 0; sample < samples; sample++) {
      double[] now = new double[8];
      for (int draw = 0; draw < 200; draw++) {
        now[draw(exact, random)]++;
      }
      corrected += Divergence.between(grid, now, exact, 1).mean() / samples;
      asCounted += Divergence.between(grid, now, exact, 0).mean() / samples;
    }
    assertThat(asCounted).isGreaterThan(0.005);
    assertThat(corrected).isLessThan(asCounted / 2);
  }

  private static int draw(double[] weights, SplittableRandom random) {
    double left = random.nextDouble() * Arrays.stream(weights).sum();
    int index = 0;
    while (index < weights.length - 1 && left >= weights[index]) {
      left -= weights[index++];
    }
    return index;
  }
}

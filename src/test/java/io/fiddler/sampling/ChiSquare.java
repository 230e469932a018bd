package io.fiddler.sampling;

import static org.assertj.core.api.Assertions.assertThat;

/// Whether drawn tokens follow a distribution.
final class ChiSquare {
  // Standard deviations: a right sampler fails once in 30,000 seeds, and seeds are fixed.
  private static final double Z = 4;

  private ChiSquare() {}

  /// @param counts how often each token was drawn
  /// @param probabilities its probability
  static void assertFollows(long[] counts, double[] probabilities, String description) {
    long draws = 0;
    for (long count : counts) {
      draws += count;
    }
    double statistic = 0;
    double rareExpected = 0;
    double rareCount = 0;
    int cells = 0;
    for (int id = 0; id < counts.length; id++) {
      double expected = probabilities[id] * draws;
      assertThat(expected > 0 || counts[id] == 0)
          .as("%s: token %d is impossible, drawn %d times", description, id, counts[id])
          .isTrue();
      if (expected >= 5) {
        statistic += (counts[id] - expected) * (counts[id] - expected) / expected;
        cells++;
      } else {
        rareExpected += expected;
        rareCount += counts[id];
      }
    }
    if (rareExpected >= 5) {
      statistic += (rareCount - rareExpected) * (rareCount - rareExpected) / rareExpected;
      cells++;
    }
    if (cells > 1) {
      assertThat(statistic).as("chi-square, %s", description).isLessThan(critical(cells - 1));
    }
  }

  /// Wilson and Hilferty's approximation.
  private static double critical(int degrees) {
    double variance = 2.0 / (9 * degrees);
    return degrees * Math.pow(1 - variance + Z * Math.sqrt(variance), 3);
  }
}

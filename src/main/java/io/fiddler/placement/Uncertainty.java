package io.fiddler.placement;

/// How far hit rates were from what was forecast, and how far the next will be: half the width of
/// the interval around a forecast that nine of ten coming hours should fall into.
///
/// Deviations are taken as drawn from a normal distribution around 0 whose variance is not known;
/// what is drawn next then follows Student's distribution. Before the first deviation one of {@link
/// #EXPECTED} is assumed, so that a few that happen to be small do not promise too much; each
/// further one counts by its weight, and weights that differ much count as fewer deviations: `(sum
/// of weights)^2 / sum of weights^2`.
///
/// Not thread-safe.
public final class Uncertainty {
  /// What hit rates deviate by before anything is known: a twentieth of all assignments.
  public static final double EXPECTED = 0.05;

  /// Quantile 0.95 of the normal distribution: nine of ten lie between it and its negative.
  private static final double Z = 1.6448536269514722;

  private double weights;
  private double squaredWeights;
  private double squares;
  private double independent = 1;

  /// Adds one.
  ///
  /// @param deviation of a hit rate from its forecast
  /// @param weight not negative
  public void add(double deviation, double weight) {
    weights += weight;
    squaredWeights += weight * weight;
    squares += weight * deviation * deviation;
  }

  /// Deviations that follow each other are alike: with a correlation `r` between neighbours, `n` of
  /// them tell as much as `n (1 - r) / (1 + r)` that are independent.
  ///
  /// @param correlation in [0, 1]
  public void serial(double correlation) {
    independent = (1 - correlation) / (1 + correlation);
  }

  /// As many independent deviations of equal weights tell as much.
  public double size() {
    return squaredWeights == 0 ? 0 : independent * weights * weights / squaredWeights;
  }

  /// Half the width of the interval, in [0, 1].
  public double halfWidth() {
    double size = size();
    double degrees = 1 + size;
    double observed = size == 0 ? 0 : size * squares / weights;
    double scale = Math.sqrt((EXPECTED * EXPECTED + observed) / degrees);
    return Math.min(1, student(degrees) * scale);
  }

  /// Quantile 0.95 of Student's distribution, by its expansion (Abramowitz and Stegun 26.7.5); 12 %
  /// low at one degree of freedom, 1.2 % at two, and exact to three digits from four on.
  static double student(double degrees) {
    double z2 = Z * Z;
    double g1 = Z * (z2 + 1) / 4;
    double g2 = Z * ((5 * z2 + 16) * z2 + 3) / 96;
    double g3 = Z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    return Z + (g1 + (g2 + g3 / degrees) / degrees) / degrees;
  }
}

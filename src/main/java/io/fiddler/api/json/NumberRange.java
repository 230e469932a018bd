package io.fiddler.api.json;

/// The numbers a field takes, written as in mathematics: `[0, 2]`, `(0, 1]`.
///
/// @param low least number, or the bound it must be above
/// @param lowIncluded whether `low` itself is taken
/// @param high greatest number, taken too
public record NumberRange(double low, boolean lowIncluded, double high) {
  /// All from `low` to `high`.
  public static NumberRange closed(double low, double high) {
    return new NumberRange(low, true, high);
  }

  /// All above `low` up to `high`.
  public static NumberRange above(double low, double high) {
    return new NumberRange(low, false, high);
  }

  boolean contains(double value) {
    return (lowIncluded ? value >= low : value > low) && value <= high;
  }

  @Override
  public String toString() {
    return (lowIncluded ? "[" : "(") + text(low) + ", " + text(high) + "]";
  }

  private static String text(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }
}

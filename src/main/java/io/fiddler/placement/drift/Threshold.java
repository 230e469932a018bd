package io.fiddler.placement.drift;

/// Tells when a value crosses a threshold, once per crossing: it is down again only four fifths
/// below, so that a value at the threshold does not ring all day. Not thread-safe.
public final class Threshold {
  private static final double DOWN_AGAIN = 0.8;

  private final double threshold;
  private boolean above;

  /// @param threshold positive
  public Threshold(double threshold) {
    this.threshold = threshold;
  }

  /// What a value means.
  public enum Crossing {
    /// It went above.
    UP,
    /// It came down again.
    DOWN,
    /// Nothing new.
    NONE
  }

  /// Looks at the next value; one that is not a number is passed over.
  public Crossing next(double value) {
    if (!above && value > threshold) {
      above = true;
      return Crossing.UP;
    }
    if (above && value < DOWN_AGAIN * threshold) {
      above = false;
      return Crossing.DOWN;
    }
    return Crossing.NONE;
  }

  /// Whether the last values were above.
  public boolean isAbove() {
    return above;
  }

  /// Where it is.
  public double value() {
    return threshold;
  }
}

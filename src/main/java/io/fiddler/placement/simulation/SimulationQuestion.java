package io.fiddler.placement.simulation;

/// What if?
///
/// @param experts the device's capacity
/// @param policy which policy's curve is drawn, by its name
/// @param copy how many times as fast copies to the device are
/// @param host how many times as fast the CPU is
/// @param concurrency requests at once
public record SimulationQuestion(
    int experts, String policy, double copy, double host, int concurrency) {
  /// More do not fit any step.
  public static final int MOST_CONCURRENT = 1024;

  public SimulationQuestion {
    if (experts < 0) {
      throw new IllegalArgumentException("experts must be at least 0, got " + experts);
    }
    if (concurrency < 1 || concurrency > MOST_CONCURRENT) {
      throw new IllegalArgumentException(
          "concurrency must be in [1, %d], got %d".formatted(MOST_CONCURRENT, concurrency));
    }
    requireFactor("copy", copy);
    requireFactor("host", host);
  }

  private static void requireFactor(String name, double factor) {
    if (!(factor > 0) || factor == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "%s must be a finite factor above 0, such as 2 for twice as fast, got %s"
              .formatted(name, factor));
    }
  }
}

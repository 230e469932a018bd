package io.fiddler.scheduler;

/// Sizes and times of a scheduler.
///
/// @param maxRunning most sequences in a step
/// @param maxStepTokens most rows of a step, at least `maxRunning` so that every decoding sequence
///   has its row
/// @param maxBesideDecodes most rows of prompts in a step with decoding sequences, who wait for
///   them; at least one
/// @param ageingNanos who waits for so long counts one priority higher; positive
/// @param patienceNanos a key that waits for so long goes before all that have not, whatever the
///   priorities; positive, well below the time that requests have; {@link #UNLIMITED}
public record SchedulerOptions(
    int maxRunning, int maxStepTokens, int maxBesideDecodes, long ageingNanos, long patienceNanos) {
  /// Ageing if nobody says otherwise: half a minute.
  public static final long AGEING_NANOS = 30_000_000_000L;

  /// Ageing alone raises who waits: enough where requests have no deadlines.
  public static final long UNLIMITED = Long.MAX_VALUE;

  public SchedulerOptions {
    if (maxRunning < 1 || maxStepTokens < maxRunning) {
      throw new IllegalArgumentException(
          "maxStepTokens must be at least maxRunning, got %d and %d"
              .formatted(maxStepTokens, maxRunning));
    }
    if (maxBesideDecodes < 1) {
      throw new IllegalArgumentException(
          "maxBesideDecodes must be at least 1, got " + maxBesideDecodes);
    }
    if (ageingNanos < 1 || patienceNanos < 1) {
      throw new IllegalArgumentException(
          "ageingNanos and patienceNanos must be at least 1, got %d and %d"
              .formatted(ageingNanos, patienceNanos));
    }
  }

  /// The same with unlimited patience.
  public SchedulerOptions(
      int maxRunning, int maxStepTokens, int maxBesideDecodes, long ageingNanos) {
    this(maxRunning, maxStepTokens, maxBesideDecodes, ageingNanos, UNLIMITED);
  }

  /// How much earlier a request of a priority counts as having arrived, later if negative. Two
  /// priorities differ by at most the patience, so that who is older than that is passed by nobody.
  double headStartNanos(int priority) {
    double most = patienceNanos / 2.0;
    return Math.clamp((double) priority * ageingNanos, -most, most);
  }
}

package io.fiddler.scheduler;

/// Sizes and times of a scheduler.
///
/// @param maxRunning most sequences in a step
/// @param maxStepTokens most rows of a step, at least `maxRunning` so that every decoding sequence
///   has its row
/// @param maxBesideDecodes most rows of prompts in a step with decoding sequences, who wait for
///   them; at least one
/// @param ageingNanos who waits for so long counts one priority higher; positive
public record SchedulerOptions(
    int maxRunning, int maxStepTokens, int maxBesideDecodes, long ageingNanos) {
  /// Ageing if nobody says otherwise: half a minute.
  public static final long AGEING_NANOS = 30_000_000_000L;

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
    if (ageingNanos < 1) {
      throw new IllegalArgumentException("ageingNanos must be at least 1, got " + ageingNanos);
    }
  }
}

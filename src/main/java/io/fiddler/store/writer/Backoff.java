package io.fiddler.store.writer;

import java.time.Duration;

/// How long to wait before what failed is tried again: ever longer. One thread.
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration SLOWEST = Duration.ofSeconds(10);

  private int failures;

  void failed() {
    failures++;
  }

  void succeeded() {
    failures = 0;
  }

  /// Whether it failed the last time.
  boolean isFailing() {
    return failures > 0;
  }

  /// @param hasty whether to go on trying as at first
  Duration pause(boolean hasty) {
    Duration pause = FIRST.multipliedBy(1L << Math.clamp(failures - 1, 0, 10));
    Duration slowest = hasty ? FIRST : SLOWEST;
    return pause.compareTo(slowest) < 0 ? pause : slowest;
  }
}

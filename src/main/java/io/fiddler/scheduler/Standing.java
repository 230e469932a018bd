package io.fiddler.scheduler;

import java.util.Objects;

/// Who waits, and how urgently.
///
/// @param key the scheduler is fair between keys
/// @param priority of two that wait, the one of a higher priority goes first; 0 is ordinary
/// @param arrivedNanos when it was submitted, on the clock of {@link Scheduler#next}, which counts
///   nanoseconds from somewhere near 0
/// @param deadlineNanos when it is ended wherever it is, on the same clock; {@link #NO_DEADLINE}
public record Standing(String key, int priority, long arrivedNanos, long deadlineNanos) {
  /// It is never ended.
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  /// An ordinary one without a deadline, there from the beginning.
  public static final Standing ORDINARY = new Standing("default", 0, 0, NO_DEADLINE);

  public Standing {
    Objects.requireNonNull(key);
  }

  /// Whether its deadline has passed.
  boolean isOver(long nowNanos) {
    return deadlineNanos != NO_DEADLINE && nowNanos >= deadlineNanos;
  }
}

package io.fiddler.usage.access.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/// Units taken in the last minute, by the second. A unit taken within a second counts until the
/// same second of the next minute has ended, so that no minute, whenever it begins, holds more than
/// the limit. Pure: the time is passed in, and never goes back.
public final class SlidingWindow {
  /// Slots of a second that count: those of a minute, and the one that has begun.
  public static final int SLOTS = 61;

  private final TreeMap<Instant, Long> taken = new TreeMap<>();

  /// What became of a claim.
  ///
  /// @param units granted; 0 if not even what was needed is free
  /// @param free what is left for others
  /// @param retryAfter when what was needed may be free; zero if it was granted
  /// @param resetAfter when all will be free if nobody takes more
  public record Grant(long units, long free, Duration retryAfter, Duration resetAfter) {}

  /// The slot of a moment.
  public static Instant slot(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS);
  }

  /// Takes `wanted` units, or fewer, or none if not even `need` are free.
  public Grant take(Instant now, long limit, long need, long wanted) {
    forget(now);
    long free = Math.max(0, limit - used());
    long units = free >= need ? Math.min(free, Math.max(need, wanted)) : 0;
    if (units > 0) {
      taken.merge(slot(now), units, Long::sum);
    }
    return new Grant(
        units,
        free - units,
        units > 0 ? Duration.ZERO : untilFree(now, limit, need),
        taken.isEmpty() ? Duration.ZERO : left(now, taken.lastKey()));
  }

  /// Gives units of a slot back, if it still counts.
  public void giveBack(Instant slot, long units) {
    taken.computeIfPresent(slot, (_, before) -> Math.max(0, before - units));
  }

  /// What counts now.
  public long used(Instant now) {
    forget(now);
    return used();
  }

  private long used() {
    return taken.values().stream().mapToLong(Long::longValue).sum();
  }

  private void forget(Instant now) {
    taken.headMap(slot(now).minusSeconds(SLOTS - 1L)).clear();
  }

  private Duration untilFree(Instant now, long limit, long need) {
    long free = limit - used();
    for (Map.Entry<Instant, Long> slot : taken.entrySet()) {
      free += slot.getValue();
      if (free >= need) {
        return left(now, slot.getKey());
      }
    }
    // More is asked for than there ever is.
    return Duration.ofSeconds(SLOTS);
  }

  private static Duration left(Instant now, Instant slot) {
    return Duration.between(now, slot.plusSeconds(SLOTS));
  }
}

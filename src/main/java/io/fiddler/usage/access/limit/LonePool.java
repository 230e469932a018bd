package io.fiddler.usage.access.limit;

import io.fiddler.usage.access.limit.SlidingWindow.Grant;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/// A pool of this process alone: for while the database does not answer.
final class LonePool implements LimitPool {
  /// How often windows in which nothing counts any more are dropped.
  private static final Duration SWEEP = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final Map<String, SlidingWindow> windows = new HashMap<>();

  /// By key, what was taken of the month `month`.
  private final Map<String, Long> months = new HashMap<>();

  private Instant month = Instant.MIN;
  private Instant sweepAt = Instant.MIN;

  LonePool(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Taken take(Claim claim) {
    forget();
    Instant now = clock.instant();
    if (claim.kind() == LimitKind.MONTH) {
      return month(claim, now);
    }
    Grant grant =
        windows
            .computeIfAbsent(claim.kind() + claim.keyId(), _ -> new SlidingWindow())
            .take(now, claim.limit(), claim.need(), claim.wanted());
    return new Taken(grant, new Lot(SlidingWindow.slot(now), true));
  }

  private Taken month(Claim claim, Instant now) {
    long used = months.getOrDefault(claim.keyId(), 0L);
    long free = Math.max(0, claim.limit() - used);
    long units = free >= claim.need() ? Math.min(free, claim.wanted()) : 0;
    if (units > 0) {
      months.put(claim.keyId(), used + units);
    }
    Duration left = Duration.between(now, month.atOffset(ZoneOffset.UTC).plusMonths(1).toInstant());
    return new Taken(
        new Grant(units, free - units, units > 0 ? Duration.ZERO : left, left),
        new Lot(month, true));
  }

  @Override
  public synchronized void giveBack(String keyId, LimitKind kind, Lot lot, long units) {
    if (kind != LimitKind.MONTH) {
      SlidingWindow window = windows.get(kind + keyId);
      if (window != null) {
        window.giveBack(lot.slot(), units);
      }
    } else if (lot.slot().equals(month)) {
      months.computeIfPresent(keyId, (_, used) -> Math.max(0, used - units));
    }
  }

  /// Drops minutes and months that are over.
  synchronized void forget() {
    Instant now = clock.instant();
    Instant current =
        now.atOffset(ZoneOffset.UTC).withDayOfMonth(1).with(LocalTime.MIDNIGHT).toInstant();
    if (!current.equals(month)) {
      months.clear();
      month = current;
    }
    if (!now.isBefore(sweepAt)) {
      windows.values().removeIf(window -> window.used(now) == 0);
      sweepAt = now.plus(SWEEP);
    }
  }

  /// Keys' minutes and months that it has.
  synchronized int size() {
    return windows.size() + months.size();
  }
}

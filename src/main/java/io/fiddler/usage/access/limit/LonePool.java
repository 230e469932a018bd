package io.fiddler.usage.access.limit;

import io.fiddler.usage.access.limit.SlidingWindow.Grant;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/// A pool of this process alone: for while the database does not answer.
final class LonePool implements LimitPool {
  private final InstantSource clock;
  private final Map<String, SlidingWindow> windows = new HashMap<>();
  private final Map<String, Long> months = new HashMap<>();

  LonePool(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Taken take(Claim claim) {
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
    OffsetDateTime first = now.atOffset(ZoneOffset.UTC).withDayOfMonth(1).with(LocalTime.MIDNIGHT);
    Lot lot = new Lot(first.toInstant(), true);
    Duration left = Duration.between(now, first.plusMonths(1).toInstant());
    String key = claim.keyId() + lot.slot();
    long used = months.getOrDefault(key, 0L);
    long free = Math.max(0, claim.limit() - used);
    long units = free >= claim.need() ? Math.min(free, claim.wanted()) : 0;
    months.put(key, used + units);
    return new Taken(new Grant(units, free - units, units > 0 ? Duration.ZERO : left, left), lot);
  }

  @Override
  public synchronized void giveBack(String keyId, LimitKind kind, Lot lot, long units) {
    if (kind == LimitKind.MONTH) {
      months.computeIfPresent(keyId + lot.slot(), (_, used) -> Math.max(0, used - units));
    } else {
      SlidingWindow window = windows.get(kind + keyId);
      if (window != null) {
        window.giveBack(lot.slot(), units);
      }
    }
  }
}

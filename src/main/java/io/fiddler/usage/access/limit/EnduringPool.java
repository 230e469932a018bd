package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// The pool of all replicas, and while the database does not answer one of this process alone: then
/// each replica holds the limits for itself. What was used of a month in that time is told to the
/// database when it returns.
public final class EnduringPool implements LimitPool {
  /// How long a database that did not answer is left alone.
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final LimitPool shared;
  private final LonePool alone;
  private final InstantSource clock;
  private final Map<Owed, Long> owed = new HashMap<>();
  private volatile Instant aloneUntil = Instant.MIN;

  private record Owed(String keyId, Instant slot) {}

  /// @param shared by all replicas
  public EnduringPool(LimitPool shared, InstantSource clock) {
    this.shared = shared;
    this.alone = new LonePool(clock);
    this.clock = clock;
  }

  @Override
  public Taken take(Claim claim) {
    if (!clock.instant().isBefore(aloneUntil)) {
      try {
        settle();
        return shared.take(claim);
      } catch (StoreUnavailableException e) {
        aloneUntil = clock.instant().plus(RETRY);
      }
    }
    Taken taken = alone.take(claim);
    owe(claim.keyId(), claim.kind(), taken.lot(), taken.grant().units());
    return taken;
  }

  @Override
  public void giveBack(String keyId, LimitKind kind, Lot lot, long units) {
    if (lot.alone()) {
      alone.giveBack(keyId, kind, lot, units);
      owe(keyId, kind, lot, -units);
    } else {
      shared.giveBack(keyId, kind, lot, units);
    }
  }

  private synchronized void owe(String keyId, LimitKind kind, Lot lot, long units) {
    if (kind == LimitKind.MONTH && units != 0) {
      owed.merge(new Owed(keyId, lot.slot()), units, Long::sum);
    }
  }

  private void settle() {
    Map<Owed, Long> due;
    synchronized (this) {
      if (owed.isEmpty()) {
        return;
      }
      due = Map.copyOf(owed);
    }
    due.forEach((to, units) -> {
      shared.giveBack(to.keyId, LimitKind.MONTH, new Lot(to.slot, false), -units);
      synchronized (this) {
        owed.computeIfPresent(to, (_, now) -> now == (long) units ? null : now - units);
      }
    });
  }
}

package io.fiddler.usage.access.limit;

import io.fiddler.usage.access.limit.LimitPool.Claim;
import io.fiddler.usage.access.limit.LimitPool.Lot;
import io.fiddler.usage.access.limit.LimitPool.Taken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One limit of one key, as this replica has it: units that were taken in advance, spent without
/// asking, and given back if they are not. Any thread; what asks the pool says that it blocks.
final class LeasedLimit {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /// Parts into which a month's limit is leased.
  private static final int PARTS_OF_A_MONTH = 1_000;

  private final String keyId;
  private final LimitKind kind;
  private final LimitPool pool;
  private final InstantSource clock;
  private final Duration lease;
  private final ReentrantLock asking = new ReentrantLock();
  private final Map<Lot, Long> unused = new HashMap<>();
  private @Nullable Lot lot;
  private Instant until = Instant.MIN;
  private Instant resetAt = Instant.MIN;
  private long left;
  private long free;

  LeasedLimit(String keyId, LimitKind kind, LimitPool pool, InstantSource clock, Duration lease) {
    this.keyId = keyId;
    this.kind = kind;
    this.pool = pool;
    this.clock = clock;
    this.lease = lease;
  }

  /// What became of an attempt to spend.
  sealed interface Spent {
    /// They were there.
    ///
    /// @param lot where the units are from
    record Units(Lot lot, long units) implements Spent {}

    /// They were not.
    ///
    /// @param retryAfter when to try again
    record Refused(Duration retryAfter) implements Spent {}
  }

  /// Spends units of the lease; empty if the pool has to be asked. Never blocks.
  synchronized Optional<Spent> trySpend(long units) {
    Lot from = lot;
    if (from == null || left < units || !clock.instant().isBefore(until)) {
      return Optional.empty();
    }
    left -= units;
    return Optional.of(new Spent.Units(from, units));
  }

  /// Spends units, of a new lease if need be. Blocking.
  Spent spend(long units, long limit) {
    asking.lock();
    try {
      Optional<Spent> spent = trySpend(units);
      if (spent.isPresent()) {
        return spent.get();
      }
      giveBack(true);
      Taken taken = pool.take(new Claim(keyId, kind, limit, units, Math.max(units, share(limit))));
      return leased(taken, units);
    } finally {
      asking.unlock();
    }
  }

  private synchronized Spent leased(Taken taken, long units) {
    Instant now = clock.instant();
    free = taken.grant().free();
    resetAt = now.plus(taken.grant().resetAfter());
    if (taken.grant().units() < units) {
      return new Spent.Refused(taken.grant().retryAfter());
    }
    lot = taken.lot();
    left = taken.grant().units() - units;
    until = now.plus(lease);
    return new Spent.Units(taken.lot(), units);
  }

  /// Takes back what was spent and not used: for the lease while it lasts, else for the pool. Never
  /// blocks. Negative for what was used beyond.
  synchronized void settle(Spent.Units spent, long notUsed) {
    if (spent.lot().equals(lot) && clock.instant().isBefore(until) && left + notUsed >= 0) {
      left += notUsed;
    } else {
      unused.merge(spent.lot(), notUsed, Long::sum);
    }
  }

  /// Gives the pool back what is left of leases that are over. Blocking; what could not be given
  /// back stays.
  void giveBack() {
    asking.lock();
    try {
      giveBack(false);
    } finally {
      asking.unlock();
    }
  }

  private void giveBack(boolean early) {
    Map<Lot, Long> due;
    synchronized (this) {
      if (lot != null && (early || !clock.instant().isBefore(until))) {
        unused.merge(lot, left, Long::sum);
        lot = null;
        left = 0;
      }
      due = Map.copyOf(unused);
      unused.clear();
    }
    Map<Lot, Long> failed = new HashMap<>(due);
    try {
      due.forEach((from, units) -> {
        if (units != 0) {
          pool.giveBack(keyId, kind, from, units);
          addFree(units);
        }
        failed.remove(from);
      });
    } finally {
      synchronized (this) {
        failed.forEach((from, units) -> unused.merge(from, units, Long::sum));
      }
    }
  }

  private synchronized void addFree(long units) {
    free += units;
  }

  /// How it stands, as far as this replica knows.
  synchronized Standing standing(long limit) {
    Instant now = clock.instant();
    Duration reset = now.isBefore(resetAt) ? Duration.between(now, resetAt) : Duration.ZERO;
    return new Standing(limit, Math.clamp(free + left, 0, limit), reset);
  }

  /// Whether nothing of it is here.
  synchronized boolean isIdle() {
    return lot == null && unused.isEmpty();
  }

  private long share(long limit) {
    return Math.max(
        1,
        kind == LimitKind.MONTH
            ? limit / PARTS_OF_A_MONTH
            : (long) ((double) limit * lease.toMillis() / MINUTE.toMillis()));
  }
}

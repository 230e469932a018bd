package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
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
  private @Nullable Refusal refusal;
  private long left;
  private long free;
  private long spent;

  LeasedLimit(String keyId, LimitKind kind, LimitPool pool, InstantSource clock, Duration lease) {
    this.keyId = keyId;
    this.kind = kind;
    this.pool = pool;
    this.clock = clock;
    this.lease = lease;
  }

  /// What the pool refused: for the time of a lease it would again, unless units come back.
  private record Refusal(long need, long limit, Instant until, Instant retryAt) {
    boolean covers(long units, long most, Instant now) {
      return units >= need && most == limit && now.isBefore(until);
    }
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

  /// Spends units of the lease, or knows that there are none; empty if the pool has to be asked.
  /// Never blocks.
  synchronized Optional<Spent> trySpend(long units, long limit) {
    Instant now = clock.instant();
    Lot from = lot;
    if (from != null && left >= units && now.isBefore(until)) {
      left -= units;
      spent += units;
      return Optional.of(new Spent.Units(from, units));
    }
    Refusal last = refusal;
    return last != null && last.covers(units, limit, now)
        ? Optional.of(new Spent.Refused(Duration.between(now, last.retryAt)))
        : Optional.empty();
  }

  /// Spends units, of a new lease if need be. Blocking.
  Spent spend(long units, long limit) {
    asking.lock();
    try {
      Optional<Spent> spent = trySpend(units, limit);
      if (spent.isPresent()) {
        return spent.get();
      }
      try {
        giveBackLocked(true);
      } catch (StoreUnavailableException e) {
        // What could not be given back is kept for the next time, and keeps nobody waiting.
      }
      Claim claim = new Claim(keyId, kind, limit, units, wanted(units, limit));
      return leased(pool.take(claim), claim);
    } finally {
      asking.unlock();
    }
  }

  private synchronized Spent leased(Taken taken, Claim claim) {
    Instant now = clock.instant();
    free = taken.grant().free();
    resetAt = now.plus(taken.grant().resetAfter());
    if (taken.grant().units() < claim.need()) {
      return refused(claim, now, taken.grant().retryAfter());
    }
    lot = taken.lot();
    left = taken.grant().units() - claim.need();
    spent = claim.need();
    until = now.plus(lease);
    return new Spent.Units(taken.lot(), claim.need());
  }

  private Spent refused(Claim claim, Instant now, Duration retryAfter) {
    // What was settled while the pool was asked may be enough.
    if (unused.isEmpty()) {
      Duration known = retryAfter.compareTo(lease) < 0 ? retryAfter : lease;
      refusal = new Refusal(claim.need(), claim.limit(), now.plus(known), now.plus(retryAfter));
    }
    return new Spent.Refused(retryAfter);
  }

  /// Takes back what was spent and not used: for the lease while it lasts, else for the pool. Never
  /// blocks. Negative for what was used beyond.
  synchronized void settle(Spent.Units spent, long notUsed) {
    if (notUsed > 0) {
      refusal = null;
    }
    if (spent.lot().equals(lot) && clock.instant().isBefore(until) && left + notUsed >= 0) {
      left += notUsed;
    } else {
      unused.merge(spent.lot(), notUsed, Long::sum);
    }
  }

  /// Gives the pool back what is left of leases. Blocking; what could not be given back stays.
  ///
  /// @param early also of one that is not over
  /// @throws StoreUnavailableException if the pool does not answer
  void giveBack(boolean early) {
    asking.lock();
    try {
      giveBackLocked(early);
    } finally {
      asking.unlock();
    }
  }

  private void giveBackLocked(boolean early) {
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
    if (units > 0) {
      refusal = null;
    }
  }

  /// How it stands, as far as this replica knows.
  synchronized Standing standing(long limit) {
    Instant now = clock.instant();
    return now.isBefore(resetAt)
        ? new Standing(limit, Math.clamp(free + left, 0, limit), Duration.between(now, resetAt))
        : new Standing(limit, limit, Duration.ZERO);
  }

  /// Whether nothing is here that another one of the same key would not know: a month is asked for
  /// anew, its standing is told to nobody.
  synchronized boolean isIdle() {
    Instant now = clock.instant();
    return lot == null
        && unused.isEmpty()
        && (refusal == null || !now.isBefore(refusal.until))
        && (kind == LimitKind.MONTH || !now.isBefore(resetAt));
  }

  /// What to take in advance: twice what the last lease spent, so that a replica with little to do
  /// leaves the limit to the others, however many they are.
  private synchronized long wanted(long units, long limit) {
    return Math.max(units, Math.min(2 * spent, share(limit)));
  }

  private long share(long limit) {
    return Math.max(
        1,
        kind == LimitKind.MONTH
            ? limit / PARTS_OF_A_MONTH
            : (long) ((double) limit * lease.toMillis() / MINUTE.toMillis()));
  }
}

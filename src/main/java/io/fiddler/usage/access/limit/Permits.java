package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// How many requests of one key this replica runs at once, and how many it may. Any thread; what
/// asks the pool says that it blocks.
final class Permits {
  /// Long, since a lease that is lost while requests run lets others run more.
  private static final Duration LEASE = Duration.ofSeconds(15);

  /// How long it is believed that other replicas leave none.
  private static final Duration REFUSED = Duration.ofMillis(100);

  private final String keyId;
  private final PermitPool pool;
  private final InstantSource clock;
  private final ReentrantLock asking = new ReentrantLock();
  private long held;
  private long leased;
  private long most;
  private Instant until = Instant.MIN;
  private Instant refusedUntil = Instant.MIN;
  private long refusedOf;

  Permits(String keyId, PermitPool pool, InstantSource clock) {
    this.keyId = keyId;
    this.pool = pool;
    this.clock = clock;
  }

  /// Takes one that is here, or knows that there is none; empty if the pool has to be asked. Never
  /// blocks.
  synchronized Optional<Boolean> tryTake(long limit) {
    if (held >= limit) {
      return Optional.of(false);
    }
    Instant now = clock.instant();
    if (held < leased && now.isBefore(until)) {
      held++;
      return Optional.of(true);
    }
    return limit == refusedOf && now.isBefore(refusedUntil) ? Optional.of(false) : Optional.empty();
  }

  /// Takes one, from the pool if need be. Blocking.
  boolean take(long limit) {
    asking.lock();
    try {
      Optional<Boolean> known = tryTake(limit);
      if (known.isPresent()) {
        return known.get();
      }
      long wanted;
      synchronized (this) {
        most = limit;
        wanted = held + 1;
      }
      lease(wanted);
      return tryTake(limit).orElse(false);
    } finally {
      asking.unlock();
    }
  }

  synchronized void release() {
    held--;
    refusedUntil = Instant.MIN;
  }

  /// Gives back what is not in use, and renews what is. Blocking.
  void renew() {
    asking.lock();
    try {
      long wanted;
      synchronized (this) {
        if (leased == 0
            || (leased == held && clock.instant().isBefore(until.minus(LEASE.dividedBy(2))))) {
          return;
        }
        wanted = held;
      }
      lease(wanted);
    } finally {
      asking.unlock();
    }
  }

  private void lease(long wanted) {
    long granted;
    try {
      granted = pool.lease(keyId, wanted, most, LEASE);
    } catch (StoreUnavailableException e) {
      // Alone: this replica holds the limit for itself.
      granted = wanted;
    }
    synchronized (this) {
      Instant now = clock.instant();
      leased = granted;
      until = now.plus(LEASE);
      if (granted < wanted) {
        refusedOf = most;
        refusedUntil = now.plus(REFUSED);
      }
    }
  }

  /// Whether nothing of it is here.
  synchronized boolean isIdle() {
    return held == 0 && leased == 0;
  }
}

package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/// How many requests of one key this replica runs at once, and how many it may. Any thread; what
/// asks the pool says that it blocks.
final class Permits {
  /// Long, since a lease that is lost while requests run lets others run more.
  private static final Duration LEASE = Duration.ofSeconds(15);

  private final String keyId;
  private final PermitPool pool;
  private final InstantSource clock;
  private final ReentrantLock asking = new ReentrantLock();
  private long held;
  private long leased;
  private long most;
  private Instant until = Instant.MIN;

  Permits(String keyId, PermitPool pool, InstantSource clock) {
    this.keyId = keyId;
    this.pool = pool;
    this.clock = clock;
  }

  /// Takes one that is here. Never blocks.
  synchronized boolean tryTake(long limit) {
    if (held >= Math.min(leased, limit) || !clock.instant().isBefore(until)) {
      return false;
    }
    held++;
    return true;
  }

  /// Takes one, from the pool if need be. Blocking.
  boolean take(long limit) {
    asking.lock();
    try {
      if (tryTake(limit)) {
        return true;
      }
      long wanted;
      synchronized (this) {
        most = limit;
        wanted = held + 1;
      }
      lease(wanted);
      return tryTake(limit);
    } finally {
      asking.unlock();
    }
  }

  synchronized void release() {
    held--;
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
      leased = granted;
      until = clock.instant().plus(LEASE);
    }
  }

  /// Whether nothing of it is here.
  synchronized boolean isIdle() {
    return held == 0 && leased == 0;
  }
}

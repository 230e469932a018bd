package io.fiddler.usage.access;

import java.util.concurrent.atomic.AtomicLongArray;

/// How often somebody was refused. Any thread, without a lock.
public final class AccessCounters {
  private final AtomicLongArray counts = new AtomicLongArray(Refusal.values().length);

  /// Why a request was refused.
  public enum Refusal {
    /// It showed no key.
    NO_KEY,
    /// Its key does not count.
    KEY,
    /// Whether its key counts could not be found out.
    UNKNOWABLE,
    /// Its key may not do this.
    NO_SCOPE,
    /// Its key is not an administrator's, and what it asked for is his.
    NO_ADMIN,
    /// Its key has used up a limit.
    LIMIT
  }

  /// One more.
  public void count(Refusal refusal) {
    counts.incrementAndGet(refusal.ordinal());
  }

  /// How many so far.
  public long of(Refusal refusal) {
    return counts.get(refusal.ordinal());
  }
}

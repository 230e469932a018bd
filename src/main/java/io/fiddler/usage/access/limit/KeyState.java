package io.fiddler.usage.access.limit;

import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.limit.LeasedLimit.Spent;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// What this replica has of one key's limits. Any thread.
final class KeyState {
  /// What is not limited always has enough.
  private static final Spent UNLIMITED = new Spent.Units(new LimitPool.Lot(Instant.EPOCH, true), 0);

  private final Permits permits;
  private final Map<LimitKind, LeasedLimit> limits = new EnumMap<>(LimitKind.class);
  private final AtomicInteger users = new AtomicInteger();

  KeyState(Permits permits, Function<LimitKind, LeasedLimit> limit) {
    this.permits = permits;
    for (LimitKind kind : LimitKind.values()) {
      limits.put(kind, limit.apply(kind));
    }
  }

  Permits permits() {
    return permits;
  }

  LeasedLimit of(LimitKind kind) {
    LeasedLimit limit = limits.get(kind);
    if (limit == null) {
      throw new IllegalStateException("every kind has a limit");
    }
    return limit;
  }

  /// Spends of a limit, if the key has it; empty if the pool has to be asked and must not be.
  Optional<Spent> spend(LimitKind kind, KeyLimits most, long units, boolean ask) {
    Long limit = kind.of(most);
    if (limit == null) {
      return Optional.of(UNLIMITED);
    }
    return ask ? Optional.of(of(kind).spend(units, limit)) : of(kind).trySpend(units, limit);
  }

  /// Gives back what is not used and renews what is. Blocking.
  ///
  /// @param early also of leases that are not over
  /// @throws io.fiddler.usage.StoreUnavailableException if the pool does not answer
  void giveBack(boolean early) {
    limits.values().forEach(limit -> limit.giveBack(early));
    permits.renew();
  }

  /// A thread has it in its hands.
  void taken() {
    users.incrementAndGet();
  }

  /// And has it no longer.
  void left() {
    users.decrementAndGet();
  }

  /// Whether nobody needs it and nothing is in it.
  boolean isIdle() {
    return users.get() == 0
        && permits.isIdle()
        && limits.values().stream().allMatch(LeasedLimit::isIdle);
  }
}

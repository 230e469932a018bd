package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The pool of all replicas, and while the database does not answer one of this process alone: then
/// each replica holds the limits for itself. What was used of a month in that time is told to the
/// database when it returns.
public final class EnduringPool implements LimitPool {
  private final LimitPool shared;
  private final LonePool alone;
  private final SparedStore store;
  private final Map<Owed, Long> owed = new HashMap<>();

  private record Owed(String keyId, Instant slot) {}

  /// @param shared by all replicas
  public EnduringPool(LimitPool shared, InstantSource clock) {
    this.shared = shared;
    this.alone = new LonePool(clock);
    this.store = new SparedStore(clock);
  }

  @Override
  public Taken take(Claim claim) {
    alone.forget();
    try {
      return store.ask(() -> {
        settle();
        return shared.take(claim);
      });
    } catch (StoreUnavailableException e) {
      Taken taken = alone.take(claim);
      owe(claim.keyId(), claim.kind(), taken.lot(), taken.grant().units());
      return taken;
    }
  }

  @Override
  public void giveBack(String keyId, LimitKind kind, Lot lot, long units) {
    if (lot.alone()) {
      alone.giveBack(keyId, kind, lot, units);
      owe(keyId, kind, lot, -units);
    } else {
      store.tell(() -> shared.giveBack(keyId, kind, lot, units));
    }
  }

  private void owe(String keyId, LimitKind kind, Lot lot, long units) {
    if (kind == LimitKind.MONTH) {
      owe(new Owed(keyId, lot.slot()), units);
    }
  }

  private synchronized void owe(Owed to, long units) {
    if (units != 0) {
      owed.merge(to, units, Long::sum);
    }
  }

  /// Tells the database what was used of a month while it did not answer, each unit once: what one
  /// thread is about to tell no other finds. What could not be told is owed still.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  public void settle() {
    for (Owed to : owing()) {
      long units = taken(to);
      if (units == 0) {
        continue;
      }
      boolean told = false;
      try {
        shared.giveBack(to.keyId, LimitKind.MONTH, new Lot(to.slot, false), -units);
        told = true;
      } finally {
        if (!told) {
          owe(to, units);
        }
      }
    }
  }

  private synchronized Set<Owed> owing() {
    return Set.copyOf(owed.keySet());
  }

  private synchronized long taken(Owed to) {
    Long units = owed.remove(to);
    return units == null ? 0 : units;
  }
}

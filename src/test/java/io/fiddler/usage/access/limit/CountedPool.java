package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;

/// A pool of units that counts what it is asked, and a switch.
final class CountedPool implements LimitPool {
  private final LimitPool pool;
  private final List<Claim> claims = new ArrayList<>();
  private boolean down;
  private long takenOfMonths;
  private long toldOfMonths;

  CountedPool(TestClock clock) {
    this.pool = new LonePool(clock);
  }

  @Override
  public Taken take(Claim claim) {
    claims.add(claim);
    answer();
    Taken taken = pool.take(claim);
    if (claim.kind() == LimitKind.MONTH) {
      takenOfMonths += taken.grant().units();
    }
    return new Taken(taken.grant(), new Lot(taken.lot().slot(), false));
  }

  @Override
  public void giveBack(String keyId, LimitKind kind, Lot lot, long units) {
    answer();
    if (kind == LimitKind.MONTH) {
      toldOfMonths -= units;
    }
    pool.giveBack(keyId, kind, lot, units);
  }

  private void answer() {
    if (down) {
      throw new StoreUnavailableException("the database does not answer", null);
    }
  }

  void down(boolean now) {
    down = now;
  }

  /// Units of months that were asked for and granted.
  long takenOfMonths() {
    return takenOfMonths;
  }

  /// Units of months that were added without being asked for, less those given back.
  long toldOfMonths() {
    return toldOfMonths;
  }

  /// How often units were asked for.
  int claims() {
    return claims.size();
  }
}

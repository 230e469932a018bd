package io.fiddler.scheduler;

import java.util.HashMap;
import java.util.Map;

/// How much of the experts' time on the CPU each key has used, so that who has used least goes
/// next. Used from one thread.
///
/// Virtual time as in fair queueing: it advances by what is used, divided by the number of keys
/// that have something here, which is what each of them was entitled to. A key that begins to wait
/// stands at least there: nobody is owed for the time in which he asked for nothing, and a key that
/// used more than its part waits until the others have caught up.
///
/// Virtual time also advances by a little of the time that passes, divided by the same number of
/// keys, so it passes every key that waits, even if ever new ones arrive, and even if the CPU has
/// nothing to compute any more: what was used long ago does not count for ever. Undivided, it would
/// with many keys pass by what each is entitled to, and nothing that is used would count any more.
final class Fairness {
  /// Virtual time advances as if the CPU had been used for this share of the time that passes,
  /// beside what it computes for experts, which is much more.
  private static final double FORGOTTEN = 0.01;

  /// Keys that are gone are remembered until virtual time has passed them, and so many in any case.
  private static final int REMEMBERED = 64;

  private final Map<String, Account> accounts = new HashMap<>();
  private double virtualNanos;
  private long passedNanos = Long.MIN_VALUE;
  private int present;
  private long turns;

  private static final class Account {
    double usedNanos;
    int groups;
    long lastTurn;
  }

  /// A group of a key is here until it {@link #leaves}.
  ///
  /// @param waits whether others of the key wait already
  void arrives(String key, boolean waits) {
    Account account = accounts.computeIfAbsent(key, _ -> new Account());
    present += account.groups++ == 0 ? 1 : 0;
    if (!waits) {
      account.usedNanos = Math.max(account.usedNanos, virtualNanos);
    }
  }

  /// A group of a key is gone.
  void leaves(String key) {
    Account account = account(key);
    present -= --account.groups == 0 ? 1 : 0;
    if (accounts.size() > 2 * present + REMEMBERED) {
      accounts.values().removeIf(gone -> gone.groups == 0 && gone.usedNanos <= virtualNanos);
    }
  }

  /// A key's groups have used the CPU.
  void charge(String key, long nanos) {
    account(key).usedNanos += nanos;
    virtualNanos += (double) nanos / Math.max(1, present);
  }

  /// It is now so late.
  void pass(long nowNanos) {
    if (passedNanos != Long.MIN_VALUE && nowNanos > passedNanos) {
      virtualNanos += FORGOTTEN * (nowNanos - passedNanos) / Math.max(1, present);
    }
    passedNanos = Math.max(passedNanos, nowNanos);
  }

  /// A key has got a turn.
  void turn(String key) {
    account(key).lastTurn = ++turns;
  }

  /// What a key counts as having used.
  double usedNanos(String key) {
    return Math.max(account(key).usedNanos, virtualNanos);
  }

  /// Number of a key's last turn.
  long lastTurn(String key) {
    return account(key).lastTurn;
  }

  private Account account(String key) {
    Account account = accounts.get(key);
    if (account == null) {
      throw new IllegalStateException("key " + key + " has nothing here");
    }
    return account;
  }
}

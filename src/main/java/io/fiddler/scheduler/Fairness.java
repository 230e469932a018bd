package io.fiddler.scheduler;

import java.util.HashMap;
import java.util.Map;

/// How much of the experts' time on the CPU each key has used, so that who has used least goes
/// next. Used from one thread.
///
/// Virtual time as in fair queueing: it advances by what is used, divided by the number of keys
/// that have something here, which is what each of them was entitled to. A key that begins to wait
/// stands at least there: nobody is owed for the time in which he asked for nothing, and a key that
/// used more than its part waits until the others have caught up. Since virtual time advances with
/// whatever is used, it passes every key that waits, even if ever new ones arrive.
final class Fairness {
  /// Keys that are gone are remembered until virtual time has passed them, and so many in any case.
  private static final int REMEMBERED = 64;

  private final Map<String, Account> accounts = new HashMap<>();
  private double virtualNanos;
  private int present;

  private static final class Account {
    double usedNanos;
    int groups;
    long lastTurn;
  }

  private long turns;

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

  /// A key has got a turn.
  void turn(String key) {
    account(key).lastTurn = ++turns;
  }

  /// Negative if the first key has used less than the second, or as much and its last turn was
  /// earlier.
  int compare(String first, String second) {
    int used = Double.compare(account(first).usedNanos, account(second).usedNanos);
    return used != 0 ? used : Long.compare(account(first).lastTurn, account(second).lastTurn);
  }

  private Account account(String key) {
    Account account = accounts.get(key);
    if (account == null) {
      throw new IllegalStateException("key " + key + " has nothing here");
    }
    return account;
  }
}

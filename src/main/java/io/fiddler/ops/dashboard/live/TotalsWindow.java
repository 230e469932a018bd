package io.fiddler.ops.dashboard.live;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/// The totals of the latest time, to say what was done within it. Of one thread.
final class TotalsWindow {
  private final long keptNanos;
  private final Deque<Totals> kept = new ArrayDeque<>();

  /// @param kept how far back it reaches
  TotalsWindow(Duration kept) {
    this.keptNanos = kept.toNanos();
  }

  /// Adds the latest, and forgets what is no longer needed: the newest that is old enough stays.
  void add(Totals latest) {
    kept.addLast(latest);
    while (kept.size() > 2 && age(second()) >= keptNanos) {
      kept.removeFirst();
    }
  }

  /// What was done in the latest `span`, or in all the time there is if that is less.
  Totals within(Duration span) {
    Totals latest = kept.getLast();
    Iterator<Totals> backwards = kept.descendingIterator();
    Totals earlier = latest;
    while (backwards.hasNext() && age(earlier) < span.toNanos()) {
      earlier = backwards.next();
    }
    return latest.minus(earlier);
  }

  private Totals second() {
    Iterator<Totals> forwards = kept.iterator();
    forwards.next();
    return forwards.next();
  }

  private long age(Totals totals) {
    return kept.getLast().nanos() - totals.nanos();
  }
}

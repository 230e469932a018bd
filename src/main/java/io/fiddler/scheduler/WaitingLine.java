package io.fiddler.scheduler;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The groups that wait, in a queue for each key, and which one is next. Used from one thread.
///
/// Within a key: who was set back comes first, then by {@link SequenceGroup#rank rank}, which is
/// the time of arrival, a priority counting as having come earlier by the ageing. Between keys: the
/// head of the highest priority; of these, one that was set back; of these, the key that has used
/// least; of these, the one whose turn was longest ago. A key whose turn has not come for as long
/// as the ageing counts one priority higher, for twice as long two, but no higher than the highest
/// that waits: then fairness decides. So whoever waits reaches the highest priority, and there
/// becomes one of those that have used least, and of these the one whose turn was longest ago.
final class WaitingLine {
  private final Fairness fairness;
  private final long ageingNanos;
  private final Map<String, Queue> queues = new HashMap<>();
  private int size;

  private static final class Queue {
    static final Comparator<SequenceGroup> ORDER =
        Comparator.comparing((SequenceGroup group) -> !group.wasSetBack())
            .thenComparing(SequenceGroup.BY_RANK);

    final String key;
    final TreeSet<SequenceGroup> groups = new TreeSet<>(ORDER);
    long lastTurnNanos = Long.MIN_VALUE;

    Queue(String key) {
      this.key = key;
    }

    SequenceGroup head() {
      return groups.first();
    }

    long since() {
      return Math.max(head().standing().arrivedNanos(), lastTurnNanos);
    }
  }

  WaitingLine(Fairness fairness, long ageingNanos) {
    this.fairness = fairness;
    this.ageingNanos = ageingNanos;
  }

  int size() {
    return size;
  }

  boolean waits(String key) {
    return queues.containsKey(key);
  }

  void add(SequenceGroup group) {
    Queue queue = queues.computeIfAbsent(group.standing().key(), Queue::new);
    size += queue.groups.add(group) ? 1 : 0;
  }

  /// Takes a group out, if it waits.
  boolean remove(SequenceGroup group) {
    String key = group.standing().key();
    Queue queue = queues.get(key);
    if (queue == null || !queue.groups.remove(group)) {
      return false;
    }
    size--;
    if (queue.groups.isEmpty()) {
      queues.remove(key);
    }
    return true;
  }

  /// A group got its turn.
  void takeOut(SequenceGroup group, long nowNanos) {
    Queue queue = queues.get(group.standing().key());
    if (queue != null) {
      queue.lastTurnNanos = nowNanos;
    }
    remove(group);
    fairness.turn(group.standing().key());
  }

  /// Who is next; null if nobody waits.
  @Nullable SequenceGroup next(long nowNanos) {
    int highest =
        queues.values().stream()
            .mapToInt(queue -> queue.head().standing().priority())
            .max()
            .orElse(0);
    Comparator<Queue> order =
        Comparator.comparingLong((Queue queue) -> -aged(queue, highest, nowNanos))
            .thenComparing(queue -> !queue.head().wasSetBack())
            .thenComparingDouble(queue -> fairness.usedNanos(queue.key))
            .thenComparingLong(Queue::since)
            .thenComparingLong(queue -> fairness.lastTurn(queue.key))
            .thenComparing(queue -> queue.head(), SequenceGroup.BY_RANK);
    return queues.values().stream().min(order).map(Queue::head).orElse(null);
  }

  private long aged(Queue queue, int highest, long nowNanos) {
    long waited = Math.max(0, nowNanos - queue.since());
    return Math.min(highest, queue.head().standing().priority() + waited / ageingNanos);
  }
}

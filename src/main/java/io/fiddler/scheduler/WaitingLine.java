package io.fiddler.scheduler;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The groups that wait, in a queue for each key, and which one is next. Used from one thread.
///
/// Within a key: who was set back comes first, then by {@link SequenceGroup#rank rank}, which is
/// the time of arrival, a priority counting as having come earlier by the ageing.
///
/// Between keys: those that have waited for their turn longer than the patience, the longest first;
/// then the head of the highest priority; of these, one that was set back; of these, the key that
/// has used least; of these, the one that waits longest. A key whose turn has not come for as long
/// as the ageing counts one priority higher, for twice as long two, but no higher than the highest
/// that waits: then fairness decides.
///
/// So a key that waits gets its turn after the patience and one turn of each other key at most: a
/// turn sends a key to the end of those that have lost patience, and nobody comes in before them.
/// Requests that end without a turn do not take their key's waiting along ({@link KeptWaits}).
final class WaitingLine {
  private final Fairness fairness;
  private final SchedulerOptions options;
  private final Map<String, Queue> queues = new HashMap<>();
  private final KeptWaits keptWaits = new KeptWaits();
  private long nowNanos;
  private int size;

  private static final class Queue {
    static final Comparator<SequenceGroup> ORDER =
        Comparator.comparing((SequenceGroup group) -> !group.wasSetBack())
            .thenComparing(SequenceGroup.BY_RANK);

    final String key;
    final TreeSet<SequenceGroup> groups = new TreeSet<>(ORDER);
    long waitsSinceNanos;

    Queue(String key, long waitsSinceNanos) {
      this.key = key;
      this.waitsSinceNanos = waitsSinceNanos;
    }

    SequenceGroup head() {
      return groups.first();
    }

    /// Since when it waits for a turn. One that was set back has lost its turn again.
    long since() {
      return head().wasSetBack()
          ? Math.min(head().standing().arrivedNanos(), waitsSinceNanos)
          : waitsSinceNanos;
    }
  }

  WaitingLine(Fairness fairness, SchedulerOptions options) {
    this.fairness = fairness;
    this.options = options;
  }

  int size() {
    return size;
  }

  boolean waits(String key) {
    return queues.containsKey(key);
  }

  void add(SequenceGroup group) {
    nowNanos = Math.max(nowNanos, group.standing().arrivedNanos());
    Queue queue =
        queues.computeIfAbsent(
            group.standing().key(),
            key -> new Queue(key, nowNanos - keptWaits.take(key, nowNanos)));
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
      keptWaits.keep(key, nowNanos - queue.waitsSinceNanos, nowNanos);
    }
    return true;
  }

  /// A group got its turn.
  void takeOut(SequenceGroup group) {
    Queue queue = queues.get(group.standing().key());
    if (queue != null) {
      queue.waitsSinceNanos = nowNanos;
    }
    remove(group);
    fairness.turn(group.standing().key());
  }

  /// Who is next; null if nobody waits.
  @Nullable SequenceGroup next(long now) {
    nowNanos = Math.max(nowNanos, now);
    int highest =
        queues.values().stream()
            .mapToInt(queue -> queue.head().standing().priority())
            .max()
            .orElse(0);
    Comparator<Queue> order =
        Comparator.comparingLong(this::impatientSince)
            .thenComparingLong((Queue queue) -> -aged(queue, highest))
            .thenComparing(queue -> !queue.head().wasSetBack())
            .thenComparingDouble(queue -> fairness.usedNanos(queue.key))
            .thenComparingLong(Queue::since)
            .thenComparingLong(queue -> fairness.lastTurn(queue.key))
            .thenComparing(queue -> queue.head(), SequenceGroup.BY_RANK);
    return queues.values().stream().min(order).map(Queue::head).orElse(null);
  }

  /// Since when a key waits that has waited longer than the patience; the same for all others.
  private long impatientSince(Queue queue) {
    return waited(queue) >= options.patienceNanos() ? queue.since() : Long.MAX_VALUE;
  }

  private long aged(Queue queue, int highest) {
    return Math.min(
        highest, queue.head().standing().priority() + waited(queue) / options.ageingNanos());
  }

  private long waited(Queue queue) {
    return Math.max(0, nowNanos - queue.since());
  }
}

package io.fiddler.store.writer;

import io.fiddler.usage.TraceRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/// Sampled traces that wait to be written; bounded, adding never waits.
final class TraceBuffer {
  private final ConcurrentLinkedDeque<TraceRecord> queue = new ConcurrentLinkedDeque<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final long maxBytes;

  TraceBuffer(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Adds a trace, or drops and counts it if there is no room.
  void add(TraceRecord trace) {
    long size = RowSizes.of(trace);
    if (bytes.addAndGet(size) > maxBytes) {
      bytes.addAndGet(-size);
      dropped.incrementAndGet();
    } else {
      queue.add(trace);
    }
  }

  /// Takes traces out, oldest first, that need at most `limitBytes`, but one if it alone is larger
  /// than a batch may be.
  List<TraceRecord> take(long limitBytes) {
    List<TraceRecord> taken = new ArrayList<>();
    long room = limitBytes;
    for (TraceRecord next = queue.poll(); next != null; next = queue.poll()) {
      room -= RowSizes.of(next);
      if (room < 0 && !(taken.isEmpty() && limitBytes >= Outbox.BATCH_BYTES)) {
        queue.addFirst(next);
        break;
      }
      taken.add(next);
    }
    return taken;
  }

  void putBack(List<TraceRecord> taken) {
    taken.reversed().forEach(queue::addFirst);
  }

  /// Says that traces that were taken need no room any more.
  void release(Collection<TraceRecord> taken) {
    bytes.addAndGet(-taken.stream().mapToLong(RowSizes::of).sum());
  }

  /// Takes as long as there are traces.
  int size() {
    return queue.size();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /// Counts `traces` as dropped that were taken.
  void drop(int traces) {
    dropped.addAndGet(traces);
  }

  long dropped() {
    return dropped.get();
  }
}

package io.fiddler.store.writer;

import io.fiddler.usage.RequestRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Request rows between the threads that finish requests and the one that writes. Bounded; adding
/// never waits.
final class RequestBuffer {
  private final Queue<RequestRecord> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger rows = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final int capacity;
  private volatile boolean closed;

  RequestBuffer(int capacity) {
    this.capacity = capacity;
  }

  /// Adds a row, or drops and counts it if there is no room.
  ///
  /// @return rows kept now, that one included; 0 if it was dropped
  int add(RequestRecord request) {
    if (closed) {
      dropped.incrementAndGet();
      return 0;
    }
    int now = rows.incrementAndGet();
    if (now > capacity) {
      rows.decrementAndGet();
      dropped.incrementAndGet();
      return 0;
    }
    queue.add(request);
    return now;
  }

  /// Takes up to `limit` rows out, oldest first. They count as kept until {@link #release}.
  List<RequestRecord> take(int limit) {
    List<RequestRecord> taken = new ArrayList<>();
    while (taken.size() < limit) {
      RequestRecord next = queue.poll();
      if (next == null) {
        break;
      }
      taken.add(next);
    }
    return taken;
  }

  /// Says that `taken` rows need no room any more; `lost` of them because the database refused
  /// them.
  void release(int taken, int lost) {
    rows.addAndGet(-taken);
    dropped.addAndGet(lost);
  }

  /// Drops whatever comes from now on.
  void close() {
    closed = true;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /// Rows kept, those taken and not released included.
  int size() {
    return rows.get();
  }

  long dropped() {
    return dropped.get();
  }
}

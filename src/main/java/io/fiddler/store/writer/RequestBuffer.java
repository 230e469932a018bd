package io.fiddler.store.writer;

import io.fiddler.store.batch.Loss;
import io.fiddler.usage.RequestRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Request rows between the threads that finish requests and the one that writes. Bounded; adding
/// never waits.
final class RequestBuffer {
  private final Queue<RequestRecord> queue = new ConcurrentLinkedQueue<>();
  // Taken and given back, so older than any in the queue. Of the writing thread.
  private final Deque<RequestRecord> returned = new ArrayDeque<>();
  private final AtomicInteger rows = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger expected = new AtomicInteger();
  private final AtomicLong refused = new AtomicLong();
  private final Losses losses;
  private final int maxRows;
  private final long maxBytes;
  private final OnFull onFull;
  private volatile boolean closed;

  RequestBuffer(WriterOptions options, Losses losses) {
    this.losses = losses;
    this.maxRows = options.bufferRows();
    this.maxBytes = options.bufferBytes();
    this.onFull = options.onFull();
  }

  /// Whether a request may begin: always, if rows may be dropped; else if there will be room for
  /// its row, which is kept free for it from now on.
  boolean admit() {
    if (onFull == OnFull.DROP) {
      return true;
    }
    int coming = expected.incrementAndGet();
    if (rows.get() + coming > maxRows || bytes.get() >= maxBytes) {
      expected.decrementAndGet();
      refused.incrementAndGet();
      return false;
    }
    return true;
  }

  /// Adds a row, or drops and counts it if there is no room.
  ///
  /// @return rows kept now, that one included; 0 if it was dropped
  int add(RequestRecord request) {
    boolean admitted = expected.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    // An admitted one has its place, however long its text became.
    boolean tooMuch = !admitted && bytes.get() >= maxBytes;
    int now = rows.incrementAndGet();
    if (closed || tooMuch || now > maxRows) {
      rows.decrementAndGet();
      losses.add(Loss.Reason.FULL, request.createdAt());
      return 0;
    }
    bytes.addAndGet(RowSizes.of(request));
    queue.add(request);
    return now;
  }

  /// Takes rows out, oldest first: up to `limit` that together need at most `limitBytes`, but one
  /// if that is larger than any batch may be. They count as kept until {@link #release}.
  List<RequestRecord> take(int limit, long limitBytes) {
    List<RequestRecord> taken = new ArrayList<>();
    long room = limitBytes;
    while (taken.size() < limit) {
      RequestRecord next = poll();
      if (next == null) {
        break;
      }
      room -= RowSizes.of(next);
      if (room < 0 && !(taken.isEmpty() && limitBytes >= Outbox.BATCH_BYTES)) {
        returned.addFirst(next);
        break;
      }
      taken.add(next);
    }
    return taken;
  }

  private @Nullable RequestRecord poll() {
    RequestRecord first = returned.pollFirst();
    return first == null ? queue.poll() : first;
  }

  /// Takes rows back that were taken last.
  void putBack(List<RequestRecord> taken) {
    taken.reversed().forEach(returned::addFirst);
  }

  /// Says that rows that were taken need no room any more.
  void release(Collection<RequestRecord> taken) {
    rows.addAndGet(-taken.size());
    bytes.addAndGet(-taken.stream().mapToLong(RowSizes::of).sum());
  }

  /// Drops whatever comes from now on.
  void close() {
    closed = true;
  }

  /// Rows kept, those taken and not released included.
  int size() {
    return rows.get();
  }

  /// Whether a further row would be dropped, or its request refused.
  boolean isFull() {
    return rows.get() + expected.get() >= maxRows || bytes.get() >= maxBytes;
  }

  /// Requests refused for want of room.
  long refused() {
    return refused.get();
  }
}

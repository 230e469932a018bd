package io.fiddler.bench.probe;

import io.fiddler.device.CopyLane;
import io.fiddler.device.Event;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/// Keeps a copy lane busy with equal copies, sources and targets in rotation, and tells how many
/// bytes have arrived. Used from the thread that the lane is used from.
final class CopyFeed {
  private final CopyLane lane;
  private final List<MemoryView> sources;
  private final List<MemoryView> targets;
  private final Queue<Event> outstanding = new ArrayDeque<>();
  private int queued;
  private long done;

  /// @param sources equal sizes
  /// @param targets as long as the sources
  CopyFeed(CopyLane lane, List<MemoryView> sources, List<MemoryView> targets) {
    this.lane = lane;
    this.sources = sources;
    this.targets = targets;
  }

  /// Bytes of one copy.
  long copyBytes() {
    return sources.getFirst().sizeBytes();
  }

  /// Queues copies until so many are outstanding.
  void topUp(int copies) {
    poll();
    while (outstanding.size() < copies) {
      // Backwards, since who reads meanwhile goes forwards.
      MemoryView source = sources.get(sources.size() - 1 - queued % sources.size());
      lane.copy(source, targets.get(queued % targets.size()));
      outstanding.add(lane.record());
      queued++;
    }
  }

  /// Bytes that have arrived so far.
  long doneBytes() {
    poll();
    return done * copyBytes();
  }

  private void poll() {
    for (Event next = outstanding.peek();
        next != null && next.isDone();
        next = outstanding.peek()) {
      next.await(); // reports a failed copy
      outstanding.remove();
      done++;
    }
  }

  /// Waits for the oldest copy.
  void awaitOne() {
    Event oldest = outstanding.poll();
    if (oldest != null) {
      oldest.await();
      done++;
    }
  }

  /// Waits for all of them.
  void drain() {
    while (!outstanding.isEmpty()) {
      awaitOne();
    }
  }

  /// The rate of the lane with nothing else going on.
  double bytesPerSecondAlone(long atLeastNanos) {
    topUp(targets.size());
    awaitOne();
    long begin = System.nanoTime();
    long before = done;
    do {
      topUp(2 * targets.size());
      awaitOne();
    } while (System.nanoTime() - begin < atLeastNanos);
    drain();
    return (done - before) * copyBytes() * 1e9 / (System.nanoTime() - begin);
  }
}

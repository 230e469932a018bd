package io.fiddler.device.emulated;

import io.fiddler.device.CopyLane;
import io.fiddler.device.Event;
import io.fiddler.tensor.MemoryView;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A copy engine played by a thread: takes copies, waits and events from a queue in order, while
/// the caller goes on.
final class ThreadCopyLane implements CopyLane, AutoCloseable {
  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
  private @Nullable Throwable failure; // the lane's thread only

  /// What stands in the queue.
  private sealed interface Work {
    record Copy(MemoryView source, MemoryView target) implements Work {}

    record Zero(MemoryView target) implements Work {}

    record Wait(Event event) implements Work {}

    /// @param reports whether it takes the failures so far upon itself
    record Mark(LaneEvent event, boolean reports) implements Work {}
  }

  ThreadCopyLane() {
    thread = Thread.ofPlatform().daemon().name("fiddler-emulated-copy").start(this::run);
  }

  @Override
  public void copy(MemoryView source, MemoryView target) {
    CopyLane.requireSameSize(source, target);
    submit(new Work.Copy(source, target));
  }

  @Override
  public void zero(MemoryView target) {
    submit(new Work.Zero(target));
  }

  @Override
  public void waitFor(Event event) {
    submit(new Work.Wait(event));
  }

  @Override
  public Event record() {
    LaneEvent event = new LaneEvent();
    submit(new Work.Mark(event, true));
    return event;
  }

  /// Blocks until everything submitted is done; failures stay for the next event to report.
  void drain() {
    if (!closed) {
      LaneEvent event = new LaneEvent();
      submit(new Work.Mark(event, false));
      event.awaitQuietly();
    }
  }

  /// Gives up what is still queued (its events fail) and ends the thread, after the copy it is at.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // memory may be freed only when no copy runs any more
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void submit(Work work) {
    if (closed) {
      throw new IllegalStateException("the emulated device is closed");
    }
    queue.add(work);
  }

  private void run() {
    try {
      while (!closed) {
        perform(queue.take());
      }
    } catch (InterruptedException e) {
      // close() ends the wait for more work
    }
    for (Work work = queue.poll(); work != null; work = queue.poll()) {
      if (work instanceof Work.Mark(LaneEvent event, _)) {
        event.complete(new IllegalStateException("the emulated device was closed"));
      }
    }
  }

  private void perform(Work work) {
    try {
      switch (work) {
        case Work.Copy(MemoryView source, MemoryView target) ->
            target.segment(target.kind()).copyFrom(source.segment(source.kind()));
        case Work.Zero(MemoryView target) -> target.segment(target.kind()).fill((byte) 0);
        case Work.Wait(Event event) -> event.await();
        case Work.Mark(LaneEvent event, boolean reports) -> {
          event.complete(reports ? failure : null);
          failure = reports ? null : failure;
        }
      }
    } catch (Throwable e) { // whatever it is, the next event reports it and the lane lives on
      if (failure == null) {
        failure = e;
      }
    }
  }
}

package io.fiddler.engine.step;

import io.fiddler.device.CopyLane;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceInfo;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.Event;
import io.fiddler.device.Lane;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A device whose compute lane runs on a thread of its own too, so that everything is asynchronous
/// as on a GPU: what is submitted runs some time later, and only events keep it in order.
final class ThreadedDevice implements Device {
  private final EmulatedDevice emulated;
  private final QueueLane compute = new QueueLane();

  ThreadedDevice(long memoryBytes) {
    emulated = new EmulatedDevice(memoryBytes);
  }

  /// Queues a kernel.
  void submit(Runnable kernel) {
    compute.submit(kernel);
  }

  @Override
  public DeviceInfo info() {
    return new DeviceInfo("threaded", "a CPU thread playing a GPU", memory().budgetBytes());
  }

  @Override
  public MemoryKind memoryKind() {
    return MemoryKind.DEVICE;
  }

  @Override
  public DeviceMemory memory() {
    return emulated.memory();
  }

  @Override
  public Lane compute() {
    return compute;
  }

  @Override
  public CopyLane copy() {
    return emulated.copy();
  }

  @Override
  public void close() {
    compute.close();
    emulated.close();
  }

  private static final class QueueLane implements Lane, AutoCloseable {
    private final ExecutorService thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("test-compute").factory());

    /// What failed and nobody has been told yet. Every event says so until the caller has awaited
    /// one: most events are only for the other lane to wait for.
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    void submit(Runnable work) {
      thread.execute(() -> {
        try {
          work.run();
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        }
      });
    }

    @Override
    public Event record() {
      QueueEvent event = new QueueEvent(failure, Thread.currentThread());
      thread.execute(event::complete);
      return event;
    }

    @Override
    public void waitFor(Event event) {
      submit(event::await);
    }

    @Override
    public void copy(MemoryView source, MemoryView target) {
      Lane.requireSameSize(source, target);
      submit(() -> target.segment(target.kind()).copyFrom(source.segment(source.kind())));
    }

    @Override
    public void zero(MemoryView target) {
      submit(() -> target.segment(target.kind()).fill((byte) 0));
    }

    @Override
    public void close() {
      thread.close();
    }
  }

  private static final class QueueEvent implements Event {
    private final AtomicReference<@Nullable Throwable> failure;
    private final Thread caller;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable Throwable failed;
    private long doneNanos;

    QueueEvent(AtomicReference<@Nullable Throwable> failure, Thread caller) {
      this.failure = failure;
      this.caller = caller;
    }

    void complete() {
      failed = failure.get();
      doneNanos = System.nanoTime();
      done.countDown();
    }

    @Override
    public boolean isDone() {
      return done.getCount() == 0;
    }

    @Override
    public void await() {
      try {
        done.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      if (failed != null && Thread.currentThread() == caller) {
        failure.compareAndSet(failed, null);
        throw new IllegalStateException("the compute lane failed: " + failed.getMessage(), failed);
      }
    }

    @Override
    public long doneNanos() {
      return isDone() ? doneNanos : System.nanoTime();
    }
  }
}

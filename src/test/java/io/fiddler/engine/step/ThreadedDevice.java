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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

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

    /// What failed since the last event; the lane's thread only.
    private final Throwable[] failure = new Throwable[1];

    void submit(Runnable work) {
      thread.execute(() -> {
        try {
          work.run();
        } catch (RuntimeException | Error e) {
          failure[0] = failure[0] == null ? e : failure[0];
        }
      });
    }

    @Override
    public Event record() {
      CompletableFuture<Long> done = new CompletableFuture<>();
      thread.execute(() -> {
        Throwable failed = failure[0];
        failure[0] = null;
        if (failed == null) {
          done.complete(System.nanoTime());
        } else {
          done.completeExceptionally(failed);
        }
      });
      return new QueueEvent(done);
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
    public void close() {
      thread.close();
    }
  }

  private record QueueEvent(CompletableFuture<Long> done) implements Event {
    @Override
    public boolean isDone() {
      return done.isDone();
    }

    @Override
    public void await() {
      try {
        done.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new IllegalStateException("the compute lane failed", e.getCause());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public long doneNanos() {
      return done.isDone() && !done.isCompletedExceptionally() ? done.join() : System.nanoTime();
    }
  }
}

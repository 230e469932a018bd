package io.fiddler.device;

import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;

/// A device whose copy lane fails when it is asked to: later, on its own thread, as copies do.
public final class FailingCopies implements Device {
  private final Device device;
  private final AtomicInteger copiesToGo = new AtomicInteger();

  /// Copies to `device` fail.
  public FailingCopies(Device device) {
    this.device = device;
  }

  /// The copy queued after `copies` others fails.
  public void failAfter(int copies) {
    copiesToGo.set(copies + 1);
  }

  @Override
  public DeviceInfo info() {
    return device.info();
  }

  @Override
  public MemoryKind memoryKind() {
    return device.memoryKind();
  }

  @Override
  public DeviceMemory memory() {
    return device.memory();
  }

  @Override
  public Lane compute() {
    return device.compute();
  }

  @Override
  public CopyLane copy() {
    return new Failing(device.copy());
  }

  @Override
  public void close() {
    device.close();
  }

  private final class Failing implements CopyLane {
    private final CopyLane lane;

    Failing(CopyLane lane) {
      this.lane = lane;
    }

    @Override
    public void copy(MemoryView source, MemoryView target) {
      if (copiesToGo.get() > 0 && copiesToGo.decrementAndGet() == 0) {
        lane.copy(unreadable(source.sizeBytes()), target);
      } else {
        lane.copy(source, target);
      }
    }

    @Override
    public Event record() {
      return lane.record();
    }

    @Override
    public void waitFor(Event event) {
      lane.waitFor(event);
    }
  }

  /// Memory that is closed already. Were it closed while the lane looks at it, the JVM could throw
  /// its error for that into whatever the lane's thread does next.
  private static MemoryView unreadable(long sizeBytes) {
    try (Arena gone = Arena.ofShared()) {
      return MemoryView.of(MemoryKind.HOST, gone.allocate(sizeBytes));
    }
  }
}

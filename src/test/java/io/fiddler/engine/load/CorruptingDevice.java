package io.fiddler.engine.load;

import io.fiddler.device.CopyLane;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceInfo;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.Event;
import io.fiddler.device.Lane;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.function.LongPredicate;

/// An emulated device whose copy engine spoils the first bytes of some copies.
final class CorruptingDevice implements Device {
  private static final int SPOILT_BYTES = 64;

  private final EmulatedDevice device = new EmulatedDevice(0);
  private final HostMemory nonsense = HostMemory.allocate(SPOILT_BYTES);
  private final CopyLane copy = new CorruptingLane();
  private final LongPredicate spoilt;

  /// @param spoilt whether a copy of so many bytes is spoilt
  CorruptingDevice(LongPredicate spoilt) {
    this.spoilt = spoilt;
    nonsense.view().segment(MemoryKind.HOST).fill((byte) 0x42); // 48.6 in float32 and in bf16
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
    return copy;
  }

  @Override
  public void close() {
    device.close();
    nonsense.close();
  }

  private final class CorruptingLane implements CopyLane {
    @Override
    public void copy(MemoryView source, MemoryView target) {
      device.copy().copy(source, target);
      if (spoilt.test(source.sizeBytes()) && target.kind() == MemoryKind.DEVICE) {
        device.copy().copy(nonsense.view(), target.slice(0, SPOILT_BYTES));
      }
    }

    @Override
    public Event record() {
      return device.copy().record();
    }

    @Override
    public void waitFor(Event event) {
      device.copy().waitFor(event);
    }
  }
}

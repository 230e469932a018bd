package io.fiddler.device.emulated;

import com.sun.management.OperatingSystemMXBean;
import io.fiddler.device.CopyLane;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceInfo;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.Lane;
import io.fiddler.device.host.CallerLane;
import io.fiddler.device.host.MappedDeviceMemory;
import io.fiddler.tensor.MemoryKind;
import java.lang.management.ManagementFactory;

/// The device of kind `emulated`: kernels run on the caller's CPU, but memory is counted against a
/// budget of its own, weights must really be copied there, and copies run on a thread of their own.
public final class EmulatedDevice implements Device {
  /// Its name, for people and in the names of what was measured with it.
  public static final String NAME = "CPU playing a device";

  private static final int DEFAULT_SHARE = 4;

  private final ThreadCopyLane copy;
  private final Lane compute = new CallerLane();
  private final MappedDeviceMemory memory;

  /// A device with `memoryBytes` of memory, or {@link #defaultMemoryBytes} if that is 0.
  public EmulatedDevice(long memoryBytes) {
    if (memoryBytes < 0) {
      throw new IllegalArgumentException(
          "memoryBytes must be at least 0, got " + memoryBytes + " (fiddler.device.memory)");
    }
    copy = new ThreadCopyLane();
    memory =
        new MappedDeviceMemory(
            MemoryKind.DEVICE, memoryBytes == 0 ? defaultMemoryBytes() : memoryBytes, copy::drain);
  }

  /// A quarter of the memory that this process may use (a container's limit counts): the weights
  /// lie in host memory once already.
  public static long defaultMemoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize()
        / DEFAULT_SHARE;
  }

  @Override
  public DeviceInfo info() {
    return new DeviceInfo("emulated", NAME, memory.budgetBytes());
  }

  @Override
  public MemoryKind memoryKind() {
    return MemoryKind.DEVICE;
  }

  @Override
  public DeviceMemory memory() {
    return memory;
  }

  @Override
  public Lane compute() {
    return compute;
  }

  @Override
  public CopyLane copy() {
    return copy;
  }

  /// Ends the copy lane and frees all memory. Copies that have not begun are given up; their events
  /// fail.
  @Override
  public void close() {
    copy.close();
    memory.close();
  }
}

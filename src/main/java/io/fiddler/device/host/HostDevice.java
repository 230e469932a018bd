package io.fiddler.device.host;

import io.fiddler.device.CopyLane;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceInfo;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.Lane;
import io.fiddler.tensor.MemoryKind;

/// The device of kind `none`: everything is computed by the caller, in host memory without a
/// budget.
public final class HostDevice implements Device {
  private final MappedDeviceMemory memory =
      new MappedDeviceMemory(MemoryKind.HOST, Long.MAX_VALUE, () -> {});
  private final Lane compute = new CallerLane();
  private final CopyLane copy = new CallerCopyLane();

  @Override
  public DeviceInfo info() {
    return new DeviceInfo("none", "CPU", 0);
  }

  @Override
  public MemoryKind memoryKind() {
    return MemoryKind.HOST;
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

  @Override
  public void close() {
    memory.close();
  }
}

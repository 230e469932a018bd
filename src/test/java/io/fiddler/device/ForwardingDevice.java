package io.fiddler.device;

import io.fiddler.tensor.MemoryKind;

/// A device that is another one but for what a subclass changes.
public abstract class ForwardingDevice implements Device {
  private final Device device;

  /// Everything goes to `device`, which is closed with this.
  protected ForwardingDevice(Device device) {
    this.device = device;
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
    return device.copy();
  }

  @Override
  public void close() {
    device.close();
  }
}

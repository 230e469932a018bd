package io.fiddler.kernel.cuda;

import io.fiddler.device.DeviceMemory;
import io.fiddler.kernel.cuda.ScratchLayout.Region;

/// The segments' memory on the device, allocated once. Owns it.
final class Scratch implements AutoCloseable {
  private final ScratchLayout layout;
  private final DeviceMemory.Allocation allocation;
  private final long address;

  Scratch(ScratchLayout layout, DeviceMemory memory) {
    this.layout = layout;
    this.allocation = memory.allocate(layout.sizeBytes(), "kernel scratch");
    this.address = DeviceRows.address(allocation.view());
  }

  ScratchLayout layout() {
    return layout;
  }

  /// Where a region begins.
  long at(Region region) {
    return address + layout.offset(region);
  }

  @Override
  public void close() {
    allocation.close();
  }
}

package io.fiddler.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/// Addresses as JCuda takes them; it has no public way from or to a plain `long`.
final class RawPointer extends Pointer {
  /// A null pointer, for the driver to fill in.
  RawPointer() {}

  /// Memory of this process at `address`.
  RawPointer(long address) {
    super(address);
  }

  /// The beginning of `segment`, which must stay reachable as long as the driver looks at it.
  static RawPointer to(MemorySegment segment) {
    return new RawPointer(segment.address());
  }

  /// Where it points.
  long address() {
    return getNativePointer() + getByteOffset();
  }

  /// The same for memory of the device.
  static final class OnDevice extends CUdeviceptr {
    /// A null pointer, for the driver to fill in.
    OnDevice() {}

    /// Memory of the device at `address`.
    OnDevice(long address) {
      super(new CUdeviceptr(), address);
    }

    /// Where it points.
    long address() {
      return getNativePointer() + getByteOffset();
    }
  }
}

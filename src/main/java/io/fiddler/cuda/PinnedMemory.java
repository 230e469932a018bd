package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.CU_MEMHOSTALLOC_DEVICEMAP;
import static jcuda.driver.JCudaDriver.CU_MEMHOSTALLOC_PORTABLE;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemHostGetDevicePointer;

import io.fiddler.tensor.ByteSize;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;

/// Page-locked host memory that kernels can read and write, too: mailboxes, flags, staging. Zeroed
/// at first. Its owner closes it; the device would, too.
public final class PinnedMemory implements AutoCloseable {
  private final CudaLanes lanes;
  private final RawPointer memory = new RawPointer();
  private final RawPointer.OnDevice onDevice = new RawPointer.OnDevice();
  private final MemoryView host;

  @SuppressWarnings("restricted") // the driver gives an address, the size is what was asked for
  PinnedMemory(CudaLanes lanes, long sizeBytes, String purpose) {
    if (sizeBytes < 1 || sizeBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "page-locked memory for %s must have 1 to %d bytes, got %d"
              .formatted(purpose, Integer.MAX_VALUE, sizeBytes));
    }
    this.lanes = lanes;
    lanes.context().makeCurrent();
    String allocating =
        "page-locking %s of host memory for %s".formatted(ByteSize.describe(sizeBytes), purpose);
    Cuda.check(
        cuMemHostAlloc(memory, sizeBytes, CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP),
        allocating);
    try {
      Cuda.check(cuMemHostGetDevicePointer(onDevice, memory, 0), allocating);
    } catch (CudaException e) {
      Cuda.released(cuMemFreeHost(memory), "freeing page-locked memory");
      throw e;
    }
    MemorySegment bytes = MemorySegment.ofAddress(memory.address()).reinterpret(sizeBytes);
    bytes.fill((byte) 0);
    host = MemoryView.of(MemoryKind.HOST, bytes);
  }

  /// The bytes, for the host. Nobody may touch them after {@link #close()}.
  public MemoryView host() {
    return host;
  }

  /// Where kernels find them.
  public long deviceAddress() {
    return onDevice.address();
  }

  /// Frees it once the work submitted to the device so far is done; a second call does nothing.
  @Override
  public void close() {
    if (lanes.resources().remove(this)) {
      free();
    }
  }

  void free() {
    lanes.reader().remove(this);
    lanes.drain();
    Cuda.released(cuMemFreeHost(memory), "freeing page-locked memory");
  }
}

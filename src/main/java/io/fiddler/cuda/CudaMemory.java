package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;

import io.fiddler.device.DeviceMemory;
import io.fiddler.device.DeviceMemoryException;
import io.fiddler.tensor.ByteSize;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUresult;

/// Memory of a GPU, within the budget that is left beside what the process takes on the card
/// itself.
final class CudaMemory implements DeviceMemory {
  private final CudaLanes lanes;
  private final long budgetBytes;
  private long usedBytes;

  CudaMemory(CudaLanes lanes, long budgetBytes) {
    this.lanes = lanes;
    this.budgetBytes = budgetBytes;
  }

  @Override
  public Allocation allocate(long sizeBytes, String purpose) {
    if (sizeBytes < 1) {
      throw new IllegalArgumentException(
          "device memory for %s must have at least 1 byte, got %d".formatted(purpose, sizeBytes));
    }
    lanes.compute().requireNotCapturing("device memory cannot be allocated");
    if (sizeBytes > budgetBytes - usedBytes) {
      throw DeviceMemoryException.budgetExceeded(purpose, sizeBytes, usedBytes, budgetBytes);
    }
    lanes.context().makeCurrent();
    RawPointer.OnDevice pointer = new RawPointer.OnDevice();
    int status = cuMemAlloc(pointer, sizeBytes);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw new DeviceMemoryException(
          ("device memory for %s needs %s, which fiddler.device.memory allows, but only %s of the"
                  + " card are free: another process uses it, too")
              .formatted(
                  purpose,
                  ByteSize.describe(sizeBytes),
                  ByteSize.describe(lanes.context().freeBytes())));
    }
    Cuda.check(
        status,
        "allocating %s of device memory for %s".formatted(ByteSize.describe(sizeBytes), purpose));
    Block block = new Block(pointer, sizeBytes);
    usedBytes += sizeBytes;
    lanes.resources().add(block, block::free);
    try {
      // The copy lane may be told to write here next: not before the zeros.
      lanes.compute().memset(pointer.address(), (byte) 0, sizeBytes);
      lanes.copy().waitFor(lanes.compute().record());
    } catch (RuntimeException e) {
      block.close();
      throw e;
    }
    return block;
  }

  @Override
  public long usedBytes() {
    return usedBytes;
  }

  @Override
  public long budgetBytes() {
    return budgetBytes;
  }

  @Override
  public int liveAllocations() {
    return lanes.resources().count(Block.class);
  }

  /// One allocation; identity is what counts, so it is no record.
  private final class Block implements Allocation {
    private final RawPointer.OnDevice pointer;
    private final long sizeBytes;
    private final MemoryView view;

    @SuppressWarnings("restricted") // an address and a length to reckon with, never dereferenced
    Block(RawPointer.OnDevice pointer, long sizeBytes) {
      this.pointer = pointer;
      this.sizeBytes = sizeBytes;
      view =
          MemoryView.of(
              MemoryKind.DEVICE, MemorySegment.ofAddress(pointer.address()).reinterpret(sizeBytes));
    }

    @Override
    public MemoryView view() {
      return view;
    }

    @Override
    public void close() {
      if (lanes.resources().remove(this)) {
        free();
      }
    }

    void free() {
      usedBytes -= sizeBytes;
      lanes.drain();
      Cuda.released(cuMemFree(pointer), "freeing device memory");
    }
  }
}

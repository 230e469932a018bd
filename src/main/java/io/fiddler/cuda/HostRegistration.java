package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.CU_MEMHOSTREGISTER_PORTABLE;
import static jcuda.driver.JCudaDriver.cuMemHostRegister;
import static jcuda.driver.JCudaDriver.cuMemHostUnregister;

import io.fiddler.tensor.ByteSize;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUresult;

/// Host memory that is page-locked until this is closed, so that copies run at the link's speed and
/// beside the caller. It is locked piece by piece: the driver is slow with very large ones, and a
/// copy may not cross the border of two. Its owner closes it before the memory is freed; the device
/// would, too.
public final class HostRegistration implements AutoCloseable {
  private static final long PAGE_BYTES = 4096;
  private static final long PIECE_BYTES = 2L << 30;

  private final CudaLanes lanes;
  private final long sizeBytes;
  private final Deque<RawPointer> pieces = new ArrayDeque<>();

  HostRegistration(CudaLanes lanes, MemoryView host, long chunkBytes) {
    if (chunkBytes < 1) {
      throw new IllegalArgumentException("chunkBytes must be at least 1, got " + chunkBytes);
    }
    this.lanes = lanes;
    this.sizeBytes = host.sizeBytes();
    lanes.context().makeCurrent();
    long address = host.segment(MemoryKind.HOST).address();
    long pieceBytes = pieceBytes(chunkBytes);
    for (long done = 0; done < sizeBytes; done += pieceBytes) {
      RawPointer piece = new RawPointer(address + done);
      int status =
          cuMemHostRegister(
              piece, Math.min(pieceBytes, sizeBytes - done), CU_MEMHOSTREGISTER_PORTABLE);
      if (status != CUresult.CUDA_SUCCESS) {
        unlock();
        throw new CudaException(
            "page-locking %s of host memory failed after %s: %s; the limits of locked memory (ulimit -l) and of the container count"
                .formatted(
                    ByteSize.describe(sizeBytes), ByteSize.describe(done), Cuda.describe(status)));
      }
      pieces.push(piece);
    }
  }

  /// A multiple of `chunkBytes`, near to {@link #PIECE_BYTES}, and of whole pages if that is
  /// possible: two pieces should not share one.
  static long pieceBytes(long chunkBytes) {
    long unit = chunkBytes;
    while (unit % PAGE_BYTES != 0 && unit <= PIECE_BYTES) {
      unit *= 2; // of 4096 = 2^12: doubling reaches the least common multiple
    }
    return unit * Math.max(1, PIECE_BYTES / unit);
  }

  /// Bytes that are page-locked.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// Unlocks it once the work submitted to the device so far is done; a second call does nothing.
  @Override
  public void close() {
    if (lanes.resources().remove(this)) {
      unlock();
    }
  }

  void unlock() {
    lanes.drain();
    while (!pieces.isEmpty()) {
      Cuda.released(cuMemHostUnregister(pieces.pop()), "unlocking host memory");
    }
  }
}

package io.fiddler.cuda;

import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Brings page-locked memory to the device by a kernel that reads it, and so past the copy engine:
/// a few KiB would stand there behind slices of expert weights, for a millisecond or more.
final class PinnedReader {
  private static final int BLOCK = 256;
  private static final int QUAD_BYTES = 16;

  /// Reading over the link needs many loads under way, but not the whole device.
  private static final int MAX_BLOCKS = 64;

  private final CudaKernels kernels;
  private final List<PinnedMemory> memories = new CopyOnWriteArrayList<>();
  private final KernelArguments arguments = new KernelArguments();
  private @Nullable CudaFunction fetch;

  PinnedReader(CudaKernels kernels) {
    this.kernels = kernels;
  }

  void add(PinnedMemory memory) {
    memories.add(memory);
  }

  void remove(PinnedMemory memory) {
    memories.remove(memory);
  }

  /// Queues the copy on `lane`.
  ///
  /// @return whether it could: all of it lies in page-locked memory of the device, in whole pieces
  ///   of 16 bytes
  boolean bring(CudaLane lane, long from, long to, long sizeBytes) {
    long onDevice = deviceAddress(from, sizeBytes);
    if (onDevice == 0 || (onDevice | to | sizeBytes) % QUAD_BYTES != 0) {
      return false;
    }
    int quads = Math.toIntExact(sizeBytes / QUAD_BYTES);
    arguments.clear().address(onDevice).i32(quads).address(to);
    CudaFunction kernel = fetch;
    if (kernel == null) { // looked up once: each layer of each step comes by here
      kernel = kernels.function("fetch", "fetch");
      fetch = kernel;
    }
    kernel.launch(lane, Grid.of(Math.clamp(quads / BLOCK, 1, MAX_BLOCKS), BLOCK), arguments);
    return true;
  }

  /// Where the device finds host memory; 0 for memory that is not ours.
  private long deviceAddress(long host, long sizeBytes) {
    for (PinnedMemory memory : memories) {
      MemorySegment bytes = memory.host().segment(MemoryKind.HOST);
      long offset = host - bytes.address();
      if (offset >= 0 && offset + sizeBytes <= bytes.byteSize()) {
        return memory.deviceAddress() + offset;
      }
    }
    return 0;
  }
}

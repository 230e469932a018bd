package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import io.fiddler.device.CopyLane;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;

/// The stream of the copy engine.
public final class CudaCopyLane extends CudaLane implements CopyLane {
  CudaCopyLane(CudaContext context, EventClock clock, OpenResources resources) {
    super("copy", context, clock, resources);
  }

  /// Queues a copy between any kinds of memory. Page-locked host memory ({@link
  /// CudaDevice#pinned}, {@link CudaDevice#register}) is copied at the link's speed while the caller
  /// goes on; with other host memory the driver copies through a buffer of its own, and the caller
  /// may wait for the lane.
  ///
  /// @throws IllegalStateException if host memory was freed already
  @Override
  public void copy(MemoryView source, MemoryView target) {
    CopyLane.requireSameSize(source, target);
    if (source.sizeBytes() == 0) {
      return;
    }
    long from = address(source);
    long to = address(target);
    long sizeBytes = source.sizeBytes();
    context().makeCurrent();
    if (target.kind() == MemoryKind.DEVICE) {
      RawPointer.OnDevice device = new RawPointer.OnDevice(to);
      Cuda.check(
          source.kind() == MemoryKind.DEVICE
              ? cuMemcpyDtoDAsync(device, new RawPointer.OnDevice(from), sizeBytes, stream())
              : cuMemcpyHtoDAsync(device, new RawPointer(from), sizeBytes, stream()),
          "copying to the device");
    } else if (source.kind() == MemoryKind.DEVICE) {
      Cuda.check(
          cuMemcpyDtoHAsync(
              new RawPointer(to), new RawPointer.OnDevice(from), sizeBytes, stream()),
          "copying to the host");
    } else {
      copyAsync(from, to, sizeBytes);
    }
  }

  private static long address(MemoryView view) {
    MemorySegment segment = view.segment(view.kind());
    if (!segment.scope().isAlive()) { // the driver would end the process
      throw new IllegalStateException("memory to be copied was freed already: " + view);
    }
    return segment.address();
  }
}

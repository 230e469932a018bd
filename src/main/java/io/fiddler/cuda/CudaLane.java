package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuMemcpyAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import io.fiddler.device.Event;
import io.fiddler.device.Lane;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.jspecify.annotations.Nullable;

/// A stream of a GPU. Work is submitted from one thread at a time, which may change.
public sealed class CudaLane implements Lane permits CudaCopyLane {
  private final String name;
  private final CudaContext context;
  private final OpenResources resources;
  private final LaneEvents events;
  private final CUstream stream = new CUstream();
  private boolean capturing;
  private @Nullable PinnedReader reader;

  CudaLane(String name, CudaContext context, EventClock clock, OpenResources resources) {
    this.name = name;
    this.context = context;
    this.resources = resources;
    events = new LaneEvents(name, context, clock);
    context.makeCurrent();
    Cuda.check(
        cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "creating the " + name + " lane");
  }

  /// From now on copies of page-locked memory to the device do not take the copy engine, which has
  /// weights to stream.
  void readBy(PinnedReader given) {
    reader = given;
  }

  /// @throws IllegalStateException while a graph is captured
  @Override
  public CudaEvent record() {
    requireNotCapturing("an event cannot be recorded");
    context.makeCurrent();
    return events.record(stream);
  }

  /// For events of a GPU the lane waits; for those of another kind of device, the caller.
  ///
  /// @throws IllegalStateException if the event's work failed, or while a graph is captured
  @Override
  public void waitFor(Event event) {
    requireNotCapturing("the lane cannot wait for an event");
    if (event instanceof CudaEvent onDevice) {
      context.makeCurrent();
      onDevice.holdBack(stream);
    } else {
      event.await();
    }
  }

  /// Queues a copy between any kinds of memory. Page-locked host memory ({@link CudaDevice#pinned},
  /// {@link CudaDevice#register}) is copied at the link's speed while the caller goes on; with
  /// other host memory the driver copies through a buffer of its own, and the caller may wait for
  /// the lane. The compute lane brings {@link CudaDevice#pinned} memory to the device by a kernel,
  /// past the copy engine.
  ///
  /// @throws IllegalStateException if host memory was freed already
  @Override
  public void copy(MemoryView source, MemoryView target) {
    Lane.requireSameSize(source, target);
    if (source.sizeBytes() == 0) {
      return;
    }
    long from = address(source);
    long to = address(target);
    long sizeBytes = source.sizeBytes();
    if (reader != null
        && source.kind() == MemoryKind.HOST
        && target.kind() == MemoryKind.DEVICE
        && reader.bring(this, from, to, sizeBytes)) {
      return;
    }
    context.makeCurrent();
    if (target.kind() == MemoryKind.DEVICE) {
      RawPointer.OnDevice device = new RawPointer.OnDevice(to);
      Cuda.check(
          source.kind() == MemoryKind.DEVICE
              ? cuMemcpyDtoDAsync(device, new RawPointer.OnDevice(from), sizeBytes, stream)
              : cuMemcpyHtoDAsync(device, new RawPointer(from), sizeBytes, stream),
          "copying to the device");
    } else if (source.kind() == MemoryKind.DEVICE) {
      Cuda.check(
          cuMemcpyDtoHAsync(new RawPointer(to), new RawPointer.OnDevice(from), sizeBytes, stream),
          "copying to the host");
    } else {
      copyAsync(from, to, sizeBytes);
    }
  }

  @Override
  public void zero(MemoryView target) {
    if (target.sizeBytes() > 0) {
      memset(address(target), (byte) 0, target.sizeBytes());
    }
  }

  private static long address(MemoryView view) {
    MemorySegment segment = view.segment(view.kind());
    if (!segment.scope().isAlive()) { // the driver would end the process
      throw new IllegalStateException("memory to be copied was freed already: " + view);
    }
    return segment.address();
  }

  /// Queues a copy of `sizeBytes` from one address to another, each of the device or of the host:
  /// the driver knows which. May be captured if host memory is page-locked.
  public void copyAsync(long from, long to, long sizeBytes) {
    context.makeCurrent();
    Cuda.check(
        cuMemcpyAsync(
            new RawPointer.OnDevice(to), new RawPointer.OnDevice(from), sizeBytes, stream),
        "copying");
  }

  /// Queues setting `sizeBytes` of device memory from `address` on to `value`. May be captured.
  public void memset(long address, byte value, long sizeBytes) {
    context.makeCurrent();
    Cuda.check(
        cuMemsetD8Async(new RawPointer.OnDevice(address), value, sizeBytes, stream),
        "setting device memory");
  }

  /// Blocks until everything submitted is done.
  ///
  /// @throws CudaException if any of it failed
  public void synchronize() {
    context.makeCurrent();
    Cuda.check(cuStreamSynchronize(stream), "work on the " + name + " lane");
  }

  /// Blocks until everything submitted is done or has failed, which its events report: before
  /// memory is freed that it may use.
  void drain() {
    context.makeCurrent();
    Cuda.released(cuStreamSynchronize(stream), "work on the " + name + " lane");
  }

  final void requireNotCapturing(String what) {
    if (capturing) {
      throw new IllegalStateException(what + " while a graph is captured on the " + name + " lane");
    }
  }

  final void capturing(boolean now) {
    capturing = now;
  }

  final CudaContext context() {
    return context;
  }

  final OpenResources resources() {
    return resources;
  }

  final CUstream stream() {
    return stream;
  }

  /// Handles of events, used and free.
  final int eventHandles() {
    return events.handles();
  }

  /// After the work submitted so far.
  void close() {
    drain();
    events.close();
    Cuda.released(cuStreamDestroy(stream), "destroying the " + name + " lane");
  }
}

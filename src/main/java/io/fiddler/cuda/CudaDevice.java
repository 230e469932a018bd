package io.fiddler.cuda;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceInfo;
import io.fiddler.device.DeviceMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import jcuda.driver.CUdevice_attribute;

/// An NVIDIA GPU of compute capability 8.0 or newer, with driver 580 or newer. It may be opened on
/// one thread and used on another; several may be open at once, also on one card.
public final class CudaDevice implements Device {
  private final OpenResources resources;
  private final CudaLanes lanes;
  private final CudaKernels kernels;
  private final CudaBlas blas;
  private final CudaMemory memory;
  private final DeviceInfo info;
  private final int multiprocessors;

  private CudaDevice(String name, int ordinal, long memoryBytes, OpenResources resources) {
    this.resources = resources;
    CudaContext context = new CudaContext(ordinal);
    resources.add(context, context::release);
    long freeWithContext = context.freeBytes();
    EventClock clock = new EventClock(context);
    resources.add(clock, clock::close);
    CudaLane compute = new CudaLane("compute", context, clock, resources);
    resources.add(compute, compute::close);
    CudaCopyLane copy = new CudaCopyLane(context, clock, resources);
    resources.add(copy, copy::close);
    kernels = new CudaKernels(context);
    resources.add(kernels, kernels::close);
    PinnedReader reader = new PinnedReader(kernels);
    compute.readBy(reader);
    lanes = new CudaLanes(context, resources, compute, copy, reader);
    blas = new CudaBlas(compute);
    resources.add(blas, blas::close);
    CardBudget budget =
        CardBudget.of(
            new CardBudget.Card(name, context.totalBytes(), freeWithContext, context.freeBytes()),
            memoryBytes);
    memory = new CudaMemory(lanes, budget.memoryBytes());
    info = new DeviceInfo("cuda", name, budget.processBytes());
    multiprocessors =
        context.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  }

  /// Opens GPU `ordinal`.
  ///
  /// @param memoryBytes everything the process may take on the card, context and workspaces
  ///   included; 0 for what is free now, less a margin
  /// @throws CudaUnavailableException if it cannot be used, with one sentence why
  public static CudaDevice open(int ordinal, long memoryBytes) {
    if (memoryBytes < 0) {
      throw new IllegalArgumentException(
          "memoryBytes must be at least 0, got " + memoryBytes + " (fiddler.device.memory)");
    }
    try {
      String name = DriverProbe.nameOf(ordinal);
      Natives.require();
      return open(name, ordinal, memoryBytes);
    } catch (LinkageError e) {
      throw new CudaUnavailableException("JCuda cannot be used: " + e, e);
    }
  }

  private static CudaDevice open(String name, int ordinal, long memoryBytes) {
    OpenResources resources = new OpenResources();
    try {
      return new CudaDevice(name, ordinal, memoryBytes, resources);
    } catch (RuntimeException e) {
      try {
        resources.closeAll();
      } catch (RuntimeException onClose) {
        e.addSuppressed(onClose);
      }
      throw e instanceof CudaException
          ? new CudaUnavailableException("%s cannot be used: %s".formatted(name, e.getMessage()), e)
          : e;
    }
  }

  /// What a process takes at most on a card for context, kernels and workspaces, of what it may
  /// take: for plans without a card. How much it really is, an open device has taken off its {@link
  /// #memory() memory}'s budget.
  public static long assumedOwnBytes() {
    return CardBudget.assumedOwnBytes();
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public MemoryKind memoryKind() {
    return MemoryKind.DEVICE;
  }

  @Override
  public DeviceMemory memory() {
    return memory;
  }

  @Override
  public CudaLane compute() {
    return lanes.compute();
  }

  @Override
  public CudaCopyLane copy() {
    return lanes.copy();
  }

  /// The packaged kernels.
  public CudaKernels kernels() {
    return kernels;
  }

  /// Matrix products on the compute lane.
  public CudaBlas blas() {
    return blas;
  }

  /// Allocates zeroed page-locked host memory that kernels reach; whoever asked closes it.
  ///
  /// @param sizeBytes at least one, below 2 GiB
  /// @param purpose what it is for, named in the exception
  /// @throws CudaException if the driver refuses
  public PinnedMemory pinned(long sizeBytes, String purpose) {
    PinnedMemory pinned = new PinnedMemory(lanes, sizeBytes, purpose);
    lanes.reader().add(pinned);
    return resources.add(pinned, pinned::free);
  }

  /// Page-locks `host` in pieces that are multiples of `chunkBytes`, counted from its beginning: no
  /// copy from within such a chunk crosses two pieces. Whoever asked closes it, before the memory
  /// is freed.
  ///
  /// @throws CudaException if the driver refuses a piece; nothing is locked then
  public HostRegistration register(MemoryView host, long chunkBytes) {
    HostRegistration registration = new HostRegistration(lanes, host, chunkBytes);
    return resources.add(registration, registration::unlock);
  }

  /// Streaming multiprocessors of the card.
  public int multiprocessors() {
    return multiprocessors;
  }

  /// Bytes of the card that nobody takes at this moment, whatever the budget.
  public long freeBytes() {
    return lanes.context().freeBytes();
  }

  /// What is open: for tests and for who looks for a leak.
  public LiveCounts live() {
    return new LiveCounts(
        memory.liveAllocations(),
        resources.count(CudaGraph.class),
        resources.count(PinnedMemory.class),
        resources.count(HostRegistration.class),
        kernels.live(),
        lanes.compute().eventHandles() + lanes.copy().eventHandles());
  }

  /// Waits for the work that was submitted and frees everything, in reverse order; a second call
  /// does nothing.
  @Override
  public void close() {
    resources.closeAll();
  }
}

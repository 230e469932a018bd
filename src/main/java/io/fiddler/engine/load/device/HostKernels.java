package io.fiddler.engine.load.device;

import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.CpuSegments;
import io.fiddler.kernel.cpu.KernelWarmUp;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.MemoryKind;
import java.time.Duration;
import java.util.Set;

/// What the CPU computes with.
///
/// @param set the kernels
/// @param workers the threads; the calling thread is the first
/// @param segments of that set, run by those threads on what lies in host memory
public record HostKernels(CpuKernelSet set, WorkerPool workers, CpuSegments segments) {
  private static final Duration WARM_UP_AT_MOST = Duration.ofSeconds(20);

  /// Starts the threads and lets them run until the kernels are compiled.
  ///
  /// @param types of the weights
  /// @param resources gets what is opened
  public static HostKernels warm(
      CpuKernelSet set, int threads, Set<ElementType> types, Resources resources) {
    WorkerPool workers = resources.own(new WorkerPool(threads));
    KernelWarmUp.run(workers, types, WARM_UP_AT_MOST);
    return new HostKernels(set, workers, resources.own(set.segments(MemoryKind.HOST, workers)));
  }
}

package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;

import java.lang.ref.Reference;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;

/// A kernel that can be launched. Belongs to the device it was loaded on and is launched from one
/// thread at a time. It should run once before it is captured in a {@link CudaGraph}: the driver
/// may load it only then.
public final class CudaFunction {
  private final String launching;
  private final CUfunction function;
  private int sharedBytesAllowed;

  CudaFunction(String name, CUfunction function) {
    this.launching = "launching kernel " + name;
    this.function = function;
  }

  /// Queues the kernel. The arguments are copied: they may be changed as soon as this returns. The
  /// number and types of the arguments are the caller's word, nobody checks them.
  ///
  /// @throws CudaException if the driver refuses it
  public void launch(CudaLane lane, Grid grid, KernelArguments arguments) {
    lane.context().makeCurrent();
    if (grid.sharedBytes() > sharedBytesAllowed) {
      Cuda.check(
          cuFuncSetAttribute(
              function,
              CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
              grid.sharedBytes()),
          launching);
      sharedBytesAllowed = grid.sharedBytes();
    }
    try {
      Cuda.check(
          cuLaunchKernel(
              function,
              grid.x(),
              grid.y(),
              grid.z(),
              grid.blockX(),
              1,
              1,
              grid.sharedBytes(),
              lane.stream(),
              arguments.pointer(),
              null),
          launching);
    } finally {
      Reference.reachabilityFence(arguments);
    }
  }
}

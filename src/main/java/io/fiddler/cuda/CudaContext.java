package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;

/// The primary context of a GPU, which all of a process share, retained until released.
final class CudaContext {
  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private volatile boolean released;

  /// Retains the context of GPU `ordinal`.
  CudaContext(int ordinal) {
    Cuda.check(cuDeviceGet(device, ordinal), "opening GPU " + ordinal);
    Cuda.check(
        cuDevicePrimaryCtxRetain(context, device), "creating a CUDA context on GPU " + ordinal);
  }

  /// Makes the calls that follow on this thread go to this context. A device is opened on one
  /// thread and used on another, and a thread may use several devices: so whatever calls the driver
  /// begins with this, which costs little beside any of those calls.
  ///
  /// @throws IllegalStateException if the device is closed
  void makeCurrent() {
    if (released) {
      throw new IllegalStateException("the CUDA device is closed");
    }
    // After a failure on the device this may return it, too; the call that follows reports it.
    Cuda.released(cuCtxSetCurrent(context), "choosing a CUDA context");
  }

  /// An attribute of the GPU, one of `CUdevice_attribute`.
  int attribute(int attribute) {
    int[] value = new int[1];
    Cuda.check(
        cuDeviceGetAttribute(value, attribute, device),
        "asking the GPU for attribute " + attribute);
    return value[0];
  }

  /// Bytes of the card that are free now.
  long freeBytes() {
    return memory()[0];
  }

  /// Bytes of the card in all.
  long totalBytes() {
    return memory()[1];
  }

  private long[] memory() {
    makeCurrent();
    long[] free = new long[1];
    long[] total = new long[1];
    Cuda.check(cuMemGetInfo(free, total), "asking how much memory is free on the GPU");
    return new long[] {free[0], total[0]};
  }

  /// Gives it back; nothing may use it any more.
  void release() {
    released = true;
    Cuda.released(cuDevicePrimaryCtxRelease(device), "releasing the CUDA context");
  }
}

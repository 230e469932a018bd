package io.fiddler.cuda;

/// A kernel that can be launched.
public final class CudaFunction {
  CudaFunction() {}

  /// Queues the kernel. The arguments are copied: they may be changed as soon as this returns.
  public void launch(CudaLane lane, Grid grid, KernelArguments arguments) {
    throw new UnsupportedOperationException();
  }
}

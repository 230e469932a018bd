package io.fiddler.kernel.cpu;

/// Chooses the kernel set once.
final class KernelProvider {
  private static final CpuKernels KERNELS = new ScalarKernels();

  private KernelProvider() {}

  static CpuKernels kernels() {
    return KERNELS;
  }
}

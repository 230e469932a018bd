package io.fiddler.kernel.cpu;

class VectorExpertsTest extends ExpertsContract {
  @Override
  CpuKernels kernels() {
    return VectorKernelsSource.kernels();
  }
}

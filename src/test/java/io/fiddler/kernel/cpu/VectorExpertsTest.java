package io.fiddler.kernel.cpu;

class VectorExpertsTest extends ExpertsContract {
  @Override
  CpuKernelSet kernels() {
    return new CpuKernelSet(VectorKernelsSource.kernels(), null);
  }
}

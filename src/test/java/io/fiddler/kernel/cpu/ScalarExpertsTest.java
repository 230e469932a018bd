package io.fiddler.kernel.cpu;

class ScalarExpertsTest extends ExpertsContract {
  @Override
  CpuKernels kernels() {
    return new ScalarKernels();
  }
}

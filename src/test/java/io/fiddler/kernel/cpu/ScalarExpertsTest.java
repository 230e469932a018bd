package io.fiddler.kernel.cpu;

class ScalarExpertsTest extends ExpertsContract {
  @Override
  CpuKernelSet kernels() {
    return new CpuKernelSet(new ScalarKernels(), null);
  }
}

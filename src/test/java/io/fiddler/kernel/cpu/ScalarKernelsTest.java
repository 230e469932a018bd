package io.fiddler.kernel.cpu;

class ScalarKernelsTest extends CpuKernelsContract {
  @Override
  CpuKernels create() {
    return new ScalarKernels();
  }
}

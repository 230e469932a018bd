package io.fiddler.kernel.cpu;

class ScalarSegmentsTest extends SegmentsContract {
  @Override
  CpuKernels kernels() {
    return new ScalarKernels();
  }
}

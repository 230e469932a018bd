package io.fiddler.kernel.cpu;

class VectorSegmentsTest extends SegmentsContract {
  @Override
  CpuKernels kernels() {
    return VectorKernelsSource.kernels();
  }
}

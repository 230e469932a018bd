package io.fiddler.kernel.cpu;

import org.junit.jupiter.api.Assumptions;

/// The vector kernels, or a skipped test where there are none.
final class VectorKernelsSource {
  private VectorKernelsSource() {}

  static CpuKernels kernels() {
    Assumptions.assumeTrue(
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(),
        "jdk.incubator.vector is not loaded");
    try {
      return new VectorKernels();
    } catch (UnsupportedOperationException e) {
      return Assumptions.abort(String.valueOf(e.getMessage()));
    }
  }
}

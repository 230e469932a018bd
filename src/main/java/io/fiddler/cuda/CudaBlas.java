package io.fiddler.cuda;

/// Matrix products of cuBLAS on the compute lane.
public final class CudaBlas {
  CudaBlas() {}

  /// Queues `y[rows, outputs] (+)= x[rows, depth] * w[outputs, depth]^T`, all row-major without
  /// padding at device addresses: `x` and `w` bf16, `y` f32, sums in f32.
  ///
  /// @param accumulate whether the product is added to `y` or replaces it
  public void gemm(long x, long w, long y, int rows, int outputs, int depth, boolean accumulate) {
    throw new UnsupportedOperationException();
  }
}

package io.fiddler.kernel.cpu;

import io.fiddler.tensor.ElementType;

/// Rows of float32 activations on their way into {@link CpuKernels#multiply}: as they are and, if
/// some weights ask for it, arranged.
final class Activations {
  private static final float[] NONE = {};

  private final CpuKernels kernels;
  private float[] plain = NONE;
  private float[] arranged = NONE;
  private int cols;
  private boolean arranging;

  Activations(CpuKernels kernels) {
    this.kernels = kernels;
  }

  /// Makes room for rows that will meet weights of these types.
  void reset(int rows, int cols, ElementType... weights) {
    this.cols = cols;
    arranging = false;
    for (ElementType type : weights) {
      arranging |= kernels.arranges(type);
    }
    int length = Core.length(rows, cols);
    plain = Scratch.atLeast(plain, length);
    if (arranging) {
      arranged = Scratch.atLeast(arranged, length);
    }
  }

  /// The rows as they are; call {@link #filled} after writing one.
  float[] plain() {
    return plain;
  }

  /// Where row `row` begins, in either array.
  int offset(int row) {
    return row * cols;
  }

  /// Row `row` has been written: arranges it if need be.
  void filled(int row) {
    if (arranging) {
      kernels.arrange(plain, offset(row), cols, arranged, offset(row));
    }
  }

  /// The rows as weights of this type want them.
  float[] forWeights(ElementType type) {
    return kernels.arranges(type) ? arranged : plain;
  }
}

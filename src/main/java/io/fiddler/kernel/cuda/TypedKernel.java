package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.CudaKernels;
import io.fiddler.tensor.ElementType;

/// A kernel in the variants for each type of weights.
///
/// @param f32 for F32
/// @param f16 for F16
/// @param bf16 for BF16
record TypedKernel(CudaFunction f32, CudaFunction f16, CudaFunction bf16) {
  /// The kernels `<name>_f32` and so on of the file `name`.
  static TypedKernel of(CudaKernels kernels, String name) {
    return new TypedKernel(
        kernels.function(name, name + "_f32"),
        kernels.function(name, name + "_f16"),
        kernels.function(name, name + "_bf16"));
  }

  CudaFunction of(ElementType type) {
    return switch (type) {
      case F32 -> f32;
      case F16 -> f16;
      case BF16 -> bf16;
    };
  }
}

package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaKernels;
import io.fiddler.cuda.Grid;
import io.fiddler.tensor.Matrix;

/// Root mean square norm of rows.
final class RmsNorm {
  private final KernelQueue queue;
  private final TypedKernel kernel;

  RmsNorm(CudaKernels kernels, KernelQueue queue) {
    this.queue = queue;
    this.kernel = TypedKernel.of(kernels, "rms_norm");
  }

  /// Queues `normed[i] = rmsNorm(x[rowIndex[i]])`.
  ///
  /// @param rowIndex which row of `x` each is; 0 for all in order
  /// @param rowCount where the device finds the number of rows
  /// @param gridRows rows at most
  /// @param normed f32
  /// @param rounded the same in bf16; 0 for none
  void run(
      Matrix weight,
      float eps,
      long x,
      long rowIndex,
      long rowCount,
      int gridRows,
      long normed,
      long rounded) {
    queue
        .arguments()
        .address(x)
        .address(rowIndex)
        .address(DeviceRows.address(weight))
        .f32(eps)
        .address(rowCount)
        .i32(weight.cols())
        .address(normed)
        .address(rounded)
        .address(0);
    queue.launch(kernel.of(weight.type()), Grid.of(gridRows, KernelQueue.BLOCK));
  }
}

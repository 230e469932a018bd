package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaBlas;
import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.KernelArguments;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;

/// Products of rows with weights, `y = x weights^T`, by an own kernel or by cuBLAS.
final class Projections {
  /// Rows up to which the own kernel reads weights once. From 17 on it would read them again for
  /// every 16 rows, while cuBLAS takes the same time up to 64: 43-46 us for 117 MB, at the rate of
  /// the memory like the own kernel (`measurements.md`, `cuda-kernels.md`).
  static final int MAX_FEW_ROWS = 16;

  private static final int BAND = 32;

  private final KernelQueue queue;
  private final CudaBlas blas;
  private final TypedKernel linear;
  private final int maxFewRows;

  /// @param batchInvariant whether products of any number of rows take the own kernel
  Projections(CudaDevice device, KernelQueue queue, boolean batchInvariant) {
    this.maxFewRows = batchInvariant ? Integer.MAX_VALUE : MAX_FEW_ROWS;
    this.queue = queue;
    this.blas = device.blas();
    this.linear = TypedKernel.of(device.kernels(), "linear");
  }

  /// Whether products of these weights with so many rows go to cuBLAS, which takes bf16; F16 and
  /// F32 weights always take the own kernel.
  boolean useBlas(Matrix weights, int rows) {
    return weights.type() == ElementType.BF16 && rows > maxFewRows;
  }

  /// One product to compute.
  ///
  /// @param weights `[outputs, depth]`
  /// @param y f32 `[rows, outputs]`
  record Product(Matrix weights, long y) {}

  /// Computes products that share their input: the kernel for few rows takes up to three at once.
  ///
  /// @param x f32 `[rows, depth]`
  /// @param rounded the same in bf16, read only where {@link #useBlas}
  /// @param rowCount where the device finds the number of rows
  /// @param rows rows to compute with cuBLAS: of the step, or of the bucket it is rounded up to
  void multiply(long x, long rounded, long rowCount, int rows, Product... products) {
    if (products.length > 1 && sameKernel(products, rows)) {
      few(x, rowCount, false, products);
      return;
    }
    for (Product product : products) {
      if (useBlas(product.weights(), rows)) {
        many(rounded, product, rows, false);
      } else {
        few(x, rowCount, false, product);
      }
    }
  }

  private boolean sameKernel(Product[] products, int rows) {
    for (Product product : products) {
      if (useBlas(product.weights(), rows)
          || product.weights().type() != products[0].weights().type()) {
        return false;
      }
    }
    return true;
  }

  /// Up to three products by the own kernel, in one launch.
  void few(long x, long rowCount, boolean accumulate, Product... products) {
    KernelArguments arguments = queue.arguments();
    int bands = 0;
    for (int i = 0; i < 3; i++) {
      if (i < products.length) {
        Matrix weights = products[i].weights();
        bands += Math.ceilDiv(weights.rows(), BAND);
        arguments.address(DeviceRows.address(weights)).i32(weights.rows()).address(products[i].y());
      } else {
        arguments.address(0).i32(0).address(0);
      }
    }
    Matrix first = products[0].weights();
    arguments.address(x).address(rowCount).i32(first.cols()).i32(accumulate ? 1 : 0);
    queue.launch(linear.of(first.type()), queue.striding(bands));
  }

  /// One product by cuBLAS.
  void many(long rounded, Product product, int rows, boolean accumulate) {
    Matrix weights = product.weights();
    blas.gemm(
        rounded,
        DeviceRows.address(weights),
        product.y(),
        rows,
        weights.rows(),
        weights.cols(),
        accumulate);
  }
}

package io.fiddler.kernel.cuda;

import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;

/// Addresses of matrices on the device, checked before a kernel trusts them.
final class DeviceRows {
  private DeviceRows() {}

  /// Address of F32 activations with `cols` columns and at least `rows` rows.
  static long activations(String name, Matrix matrix, int rows, int cols) {
    if (matrix.type() != ElementType.F32 || matrix.cols() != cols || matrix.rows() < rows) {
      throw new IllegalArgumentException(
          "%s must be F32 with at least %d rows and %d columns, got %s [%d, %d]"
              .formatted(name, rows, cols, matrix.type(), matrix.rows(), matrix.cols()));
    }
    return address(matrix);
  }

  static long address(Matrix matrix) {
    return address(matrix.memory());
  }

  static long address(MemoryView view) {
    return view.segment(MemoryKind.DEVICE).address();
  }
}

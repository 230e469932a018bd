package io.fiddler.model.load;

import io.fiddler.tensor.ElementType;

/// A tensor and how memory divides it into equal blocks, each row-major by itself.
///
/// @param shape the tensor
/// @param cut which dimension is cut
/// @param numBlocks how many blocks, a divisor of that dimension
record CutTensor(TensorShape shape, Cut cut, int numBlocks) {
  /// Which dimension is cut.
  enum Cut {
    ROWS,
    COLUMNS
  }

  CutTensor {
    int divided = cut == Cut.ROWS ? shape.rows() : shape.cols();
    if (numBlocks < 1 || divided % numBlocks != 0) {
      throw new IllegalArgumentException(
          "numBlocks must divide the %d %s of %s, got %d"
              .formatted(divided, cut, shape.id(), numBlocks));
    }
  }

  /// A tensor in one piece.
  static CutTensor whole(TensorShape shape) {
    return new CutTensor(shape, Cut.ROWS, 1);
  }

  /// Rows of a block.
  int blockRows() {
    return cut == Cut.ROWS ? shape.rows() / numBlocks : shape.rows();
  }

  /// Columns of a block.
  int blockCols() {
    return cut == Cut.COLUMNS ? shape.cols() / numBlocks : shape.cols();
  }

  /// Bytes of a block.
  long blockSizeBytes(ElementType type) {
    return (long) blockRows() * blockCols() * type.sizeBytes();
  }

  /// Bytes of the tensor.
  long sizeBytes(ElementType type) {
    return numBlocks * blockSizeBytes(type);
  }
}

package io.fiddler.tensor;

/// A row-major `[rows, cols]` matrix without padding; a vector has one row.
///
/// @param memory exactly `rows * cols` elements
/// @param type how an element is stored
/// @param rows number of rows
/// @param cols elements a row
public record Matrix(MemoryView memory, ElementType type, int rows, int cols) {
  public Matrix {
    long expected = (long) rows * cols * type.sizeBytes();
    if (rows < 0 || cols < 1 || memory.sizeBytes() != expected) {
      throw new IllegalArgumentException(
          "a [%d, %d] %s matrix needs %d bytes, got %d"
              .formatted(rows, cols, type, expected, memory.sizeBytes()));
    }
  }

  /// Bytes of one row.
  public long rowSizeBytes() {
    return (long) cols * type.sizeBytes();
  }

  /// Bytes of the matrix.
  public long sizeBytes() {
    return memory.sizeBytes();
  }

  /// The rows `[first, first + count)`.
  public Matrix rows(int first, int count) {
    return new Matrix(
        memory.slice(first * rowSizeBytes(), count * rowSizeBytes()), type, count, cols);
  }
}

package io.fiddler.kernel.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Matrices in native memory for tests, filled from a seed.
final class TestMatrices {
  private final Arena arena;
  private final MemoryKind kind;
  private final SplittableRandom random;

  TestMatrices(Arena arena, MemoryKind kind, long seed) {
    this.arena = arena;
    this.kind = kind;
    this.random = new SplittableRandom(seed);
  }

  /// Random numbers of standard deviation `scale`.
  Matrix normal(ElementType type, int rows, int cols, double scale) {
    Matrix matrix = zeros(type, rows, cols);
    for (int i = 0; i < rows * cols; i++) {
      set(matrix, i, (float) (random.nextGaussian() * scale));
    }
    return matrix;
  }

  Matrix zeros(ElementType type, int rows, int cols) {
    // An odd address would be legal too; two is what safetensors guarantees for 16-bit elements.
    long sizeBytes = (long) rows * cols * type.sizeBytes();
    MemorySegment segment = arena.allocate(sizeBytes + 2, 64).asSlice(2, sizeBytes);
    return new Matrix(MemoryView.of(kind, segment), type, rows, cols);
  }

  float[] normals(int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  SplittableRandom random() {
    return random;
  }

  static void set(Matrix matrix, long index, float value) {
    MemorySegment segment = matrix.memory().segment(matrix.memory().kind());
    switch (matrix.type()) {
      case F32 -> segment.set(JAVA_FLOAT_UNALIGNED, 4 * index, value);
      case F16 -> segment.set(JAVA_SHORT_UNALIGNED, 2 * index, Float.floatToFloat16(value));
      case BF16 ->
          segment.set(
              JAVA_SHORT_UNALIGNED, 2 * index, (short) (Float.floatToRawIntBits(value) >>> 16));
    }
  }

  static float get(Matrix matrix, long index) {
    MemorySegment segment = matrix.memory().segment(matrix.memory().kind());
    return switch (matrix.type()) {
      case F32 -> segment.get(JAVA_FLOAT_UNALIGNED, 4 * index);
      case F16 -> Float.float16ToFloat(segment.get(JAVA_SHORT_UNALIGNED, 2 * index));
      case BF16 -> Float.intBitsToFloat(segment.get(JAVA_SHORT_UNALIGNED, 2 * index) << 16);
    };
  }

  static float get(Matrix matrix, int row, int col) {
    return get(matrix, (long) row * matrix.cols() + col);
  }

  /// All elements, row-major.
  static float[] values(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.cols()];
    for (int i = 0; i < values.length; i++) {
      values[i] = get(matrix, i);
    }
    return values;
  }

  /// The elements of one row.
  static float[] row(Matrix matrix, int row) {
    return values(matrix.rows(row, 1));
  }
}

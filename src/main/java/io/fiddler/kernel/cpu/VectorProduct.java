package io.fiddler.kernel.cpu;

import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The matrix product in tiles of 4 rows of weights by 4, 2 or 1 rows of activations: whole vectors
/// by the tiles of the element type, what remains of a row one by one.
final class VectorProduct {
  private static final int L = FloatVector.SPECIES_PREFERRED.length();

  /// AVX2 has 16 vector registers, too few for the 16 sums of the largest tile; all others have 32.
  private static final int MAX_TILE_COLS =
      FloatVector.SPECIES_PREFERRED.vectorBitSize() == 256 ? 2 : 4;

  private static final int TILE_ROWS = 4;

  private VectorProduct() {}

  /// Elements of a row that whole vectors cover.
  static int vectorCols(ElementType type, int cols) {
    int step = type == ElementType.F32 ? L : 2 * L;
    return cols - cols % step;
  }

  /// See {@link CpuKernels#multiply}.
  static void multiply(
      ElementType type,
      MemorySegment w,
      long offset,
      int rows,
      int cols,
      float[] x,
      int xOffset,
      int count,
      float[] lanes,
      float[] out,
      int outOffset,
      int outStride) {
    long rowSizeBytes = (long) cols * type.sizeBytes();
    int vectorCols = vectorCols(type, cols);
    int tileCols;
    for (int t = 0; t < count; t += tileCols) {
      tileCols = tileCols(count - t);
      int xo = xOffset + t * cols;
      int oo = outOffset + t * outStride;
      int r = 0;
      for (; r + TILE_ROWS <= rows; r += TILE_ROWS) {
        long wo = offset + r * rowSizeBytes;
        tile(type, tileCols, w, wo, rowSizeBytes, vectorCols, x, xo, cols, lanes);
        finish(
            type,
            w,
            wo,
            vectorCols,
            TILE_ROWS,
            tileCols,
            x,
            xo,
            cols,
            lanes,
            out,
            oo + r,
            outStride);
      }
      for (; r < rows; r++) {
        long wo = offset + r * rowSizeBytes;
        for (int i = 0; i < tileCols; i++) {
          int xi = xo + i * cols;
          row(type, w, wo, vectorCols, x, xi, lanes);
          finish(
              type,
              w,
              wo,
              vectorCols,
              1,
              1,
              x,
              xi,
              cols,
              lanes,
              out,
              oo + i * outStride + r,
              outStride);
        }
      }
    }
  }

  private static int tileCols(int left) {
    if (left >= 4 && MAX_TILE_COLS >= 4) {
      return 4;
    }
    return left >= 2 ? 2 : 1;
  }

  private static void tile(
      ElementType type,
      int tileCols,
      MemorySegment w,
      long wo,
      long rowSizeBytes,
      int cols,
      float[] x,
      int xo,
      int xStride,
      float[] lanes) {
    switch (type) {
      case BF16 -> {
        switch (tileCols) {
          case 4 -> Bf16Tiles.tile4x4(w, wo, rowSizeBytes, cols, x, xo, xStride, lanes);
          case 2 -> Bf16Tiles.tile4x2(w, wo, rowSizeBytes, cols, x, xo, xStride, lanes);
          default -> Bf16Tiles.tile4x1(w, wo, rowSizeBytes, cols, x, xo, lanes);
        }
      }
      case F16 -> {
        switch (tileCols) {
          case 4 -> F16Tiles.tile4x4(w, wo, rowSizeBytes, cols, x, xo, xStride, lanes);
          case 2 -> F16Tiles.tile4x2(w, wo, rowSizeBytes, cols, x, xo, xStride, lanes);
          default -> F16Tiles.tile4x1(w, wo, rowSizeBytes, cols, x, xo, lanes);
        }
      }
      case F32 -> {
        switch (tileCols) {
          case 4 -> F32Tiles.tile4x4(w, wo, rowSizeBytes, cols, x, xo, xStride, lanes);
          case 2 -> F32Tiles.tile4x2(w, wo, rowSizeBytes, cols, x, xo, xStride, lanes);
          default -> F32Tiles.tile4x1(w, wo, rowSizeBytes, cols, x, xo, lanes);
        }
      }
    }
  }

  private static void row(
      ElementType type, MemorySegment w, long wo, int cols, float[] x, int xo, float[] lanes) {
    switch (type) {
      case BF16 -> Bf16Tiles.tile1x1(w, wo, cols, x, xo, lanes);
      case F16 -> F16Tiles.tile1x1(w, wo, cols, x, xo, lanes);
      case F32 -> F32Tiles.tile1x1(w, wo, cols, x, xo, lanes);
    }
  }

  /// Sums each accumulator of a tile, adds what remains of the row, and writes the results.
  private static void finish(
      ElementType type,
      MemorySegment w,
      long wo,
      int vectorCols,
      int tileRows,
      int tileCols,
      float[] x,
      int xo,
      int cols,
      float[] lanes,
      float[] out,
      int oo,
      int outStride) {
    for (int r = 0; r < tileRows; r++) {
      for (int t = 0; t < tileCols; t++) {
        int lane = (r * tileCols + t) * L;
        float sum =
            VectorMath.sum(FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, lanes, lane));
        out[oo + t * outStride + r] = sum;
      }
    }
    if (vectorCols < cols) {
      long rowSizeBytes = (long) cols * type.sizeBytes();
      for (int r = 0; r < tileRows; r++) {
        for (int t = 0; t < tileCols; t++) {
          long from = wo + r * rowSizeBytes;
          int at = oo + t * outStride + r;
          out[at] = addRest(type, w, from, vectorCols, cols, x, xo + t * cols, out[at]);
        }
      }
    }
  }

  private static float addRest(
      ElementType type, MemorySegment w, long wo, int from, int to, float[] x, int xo, float sum) {
    float total = sum;
    for (int k = from; k < to; k++) {
      total = Math.fma(ScalarKernels.element(type, w, wo, k), x[xo + k], total);
    }
    return total;
  }
}

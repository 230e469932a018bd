package io.fiddler.kernel.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What every segment works with: the kernels, the workers and their scratch memory, and the kind
/// of memory all matrices must be in.
final class Core {
  /// Rows of weights a worker claims at a time. A block of two-byte weights of 4096 columns is 256
  /// KiB, which stays in the L2 cache while many rows of activations pass over it.
  static final int BLOCK_ROWS = 32;

  /// Multiply-adds below which handing work to other threads costs more than it saves.
  private static final long ALONE = 1L << 17;

  private static final ValueLayout.OfFloat F32 = JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  final CpuKernels kernels;
  private final WorkerPool pool;
  final MemoryKind kind;
  private final Scratch[] scratch;

  Core(CpuKernels kernels, WorkerPool pool, MemoryKind kind) {
    this.kernels = kernels;
    this.pool = pool;
    this.kind = kind;
    this.scratch = new Scratch[pool.workers()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
  }

  /// Scratch memory of a worker.
  Scratch scratch(int worker) {
    return scratch[worker];
  }

  /// Runs a region, on the calling thread alone if all of it is worth few multiply-adds.
  void run(int units, long work, WorkerPool.UnitTask task) {
    if (work < ALONE) {
      for (int unit = 0; unit < units; unit++) {
        task.run(0, unit);
      }
    } else {
      pool.run(units, task);
    }
  }

  /// The bytes of a matrix, which must be in the memory served.
  MemorySegment segment(Matrix matrix) {
    return matrix.memory().segment(kind);
  }

  /// The bytes of F32 activations with `cols` columns and at least `rows` rows.
  MemorySegment activations(String name, Matrix matrix, int rows, int cols) {
    if (matrix.type() != ElementType.F32 || matrix.cols() != cols || matrix.rows() < rows) {
      throw new IllegalArgumentException(
          "%s must be F32 with at least %d rows and %d columns, got %s [%d, %d]"
              .formatted(name, rows, cols, matrix.type(), matrix.rows(), matrix.cols()));
    }
    return segment(matrix);
  }

  /// Reads row `row` of F32 activations with `cols` columns.
  static void load(MemorySegment from, long row, int cols, float[] to, int toOffset) {
    MemorySegment.copy(from, F32, row * cols * Float.BYTES, to, toOffset, cols);
  }

  /// Writes row `row` of F32 activations with `cols` columns.
  static void store(float[] from, int fromOffset, MemorySegment to, long row, int cols) {
    MemorySegment.copy(from, fromOffset, to, F32, row * cols * Float.BYTES, cols);
  }

  /// Writes `count` floats from element `index` on.
  static void storeAt(float[] from, int fromOffset, MemorySegment to, long index, int count) {
    MemorySegment.copy(from, fromOffset, to, F32, index * Float.BYTES, count);
  }

  /// Adds `count` floats to those from element `index` on.
  static void addAt(float[] from, int fromOffset, MemorySegment to, long index, int count) {
    for (int i = 0; i < count; i++) {
      long offset = (index + i) * Float.BYTES;
      to.set(F32, offset, to.get(F32, offset) + from[fromOffset + i]);
    }
  }

  /// Multiplies block `block` of the rows of `weights` with `rows` rows of `x`: `out[outOffset + t
  /// * outStride + r]` for row `r` of the block.
  void multiplyBlock(
      int worker,
      Matrix weights,
      int block,
      Activations x,
      int rows,
      float[] out,
      int outOffset,
      int outStride) {
    kernels.multiply(
        weights.type(),
        segment(weights),
        (long) block * BLOCK_ROWS * weights.rowSizeBytes(),
        blockRows(weights.rows(), block),
        weights.cols(),
        x.forWeights(weights.type()),
        0,
        rows,
        scratch(worker),
        out,
        outOffset,
        outStride);
  }

  /// Blocks of {@link #BLOCK_ROWS} rows that cover `rows`.
  static int blocks(int rows) {
    return (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
  }

  /// Rows of block `block` of `rows`.
  static int blockRows(int rows, int block) {
    return Math.min(BLOCK_ROWS, rows - block * BLOCK_ROWS);
  }

  /// A product of sizes as an array length.
  ///
  /// @throws IllegalArgumentException if no array is that long
  static int length(long rows, long cols) {
    long length = Math.multiplyExact(rows, cols);
    if (length > Integer.MAX_VALUE - 2 * Scratch.PADDING) {
      throw new IllegalArgumentException(
          "a step of %d rows of %d floats exceeds what an array holds".formatted(rows, cols));
    }
    return (int) length;
  }
}

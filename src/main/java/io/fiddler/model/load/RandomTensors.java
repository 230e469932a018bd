package io.fiddler.model.load;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.fiddler.model.config.TensorId;
import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;

/// Random BF16 weights with the scale that trained ones have, so that activations stay finite
/// through any number of layers. Every number depends on the seed and its place alone, not on the
/// threads.
///
/// @param seed of all tensors
/// @param skew which experts the routers prefer
/// @param numThreads threads that fill memory
record RandomTensors(long seed, RouterSkew skew, int numThreads) implements TensorSource {
  private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;

  // Four numbers a word, each with random sign, mantissa and two low bits of the exponent.
  private static final long RANDOM_BITS = 0x81ff81ff81ff81ffL;
  private static final long EACH_NUMBER = 0x0001000100010001L;
  private static final int MANTISSA_BITS = 7;
  private static final int EXPONENT_BIAS = 127;
  private static final long ONE = (long) EXPONENT_BIAS << MANTISSA_BITS;

  @Override
  public ElementType elementType(TensorShape shape) {
    return ElementType.BF16;
  }

  @Override
  public String describe(TensorId id) {
    return "random tensor " + id;
  }

  @Override
  public void rows(CutTensor tensor, int firstRow, MemorySegment target) {
    long rowBytes = (long) tensor.shape().cols() * Short.BYTES;
    int numRows = (int) (target.byteSize() / rowBytes);
    switch (tensor.cut()) {
      case ROWS -> {
        int blockRows = tensor.blockRows();
        for (int row = firstRow; row < firstRow + numRows; ) {
          int rows = Math.min(firstRow + numRows - row, blockRows - row % blockRows);
          long at = (row - firstRow) * rowBytes;
          fill(
              tensor.shape(),
              row / blockRows,
              row % blockRows * rowBytes,
              target.asSlice(at, rows * rowBytes));
          row += rows;
        }
      }
      case COLUMNS -> {
        long width = (long) tensor.blockCols() * Short.BYTES;
        for (int row = 0; row < numRows; row++) {
          for (int block = 0; block < tensor.numBlocks(); block++) {
            long at = row * rowBytes + block * width;
            fill(tensor.shape(), block, (firstRow + row) * width, target.asSlice(at, width));
          }
        }
      }
    }
  }

  /// Makes the part of a block that begins `offset` bytes into it.
  private void fill(TensorShape shape, int block, long offset, MemorySegment target) {
    int size = (int) target.byteSize();
    if (offset % Long.BYTES != 0 || size % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "random rows must be multiples of 4 numbers, got %d bytes at %d of %s"
              .formatted(size, offset, shape.id()));
    }
    TensorId id = shape.id();
    boolean norm = id.role().isNorm();
    long mask = norm ? 0 : RANDOM_BITS;
    long base = EACH_NUMBER * (norm ? ONE : smallest(skew.inputs(shape)));
    long start =
        mix(mix(mix(mix(seed, id.role().name().hashCode()), id.layer()), id.expert()), block)
            + offset / Long.BYTES * GOLDEN_RATIO;
    for (int at = 0; at < size; at += Long.BYTES) {
      target.set(JAVA_LONG_UNALIGNED, at, (word(start, at) & mask) + base);
    }
    skew.apply(shape, offset, target);
  }

  /// The smallest of the four exponents, in place; the numbers' standard deviation is then close to
  /// `1 / sqrt(inputs)`, which keeps a product's scale.
  private static long smallest(int inputs) {
    // Uniform exponents e-3 ... e and mantissas in [1, 2) have the standard deviation 0.88 * 2^e.
    long exponent = Math.round(Math.log(1 / (0.88 * Math.sqrt(inputs))) / Math.log(2));
    return (EXPONENT_BIAS + exponent - 3) << MANTISSA_BITS;
  }

  private static long word(long start, int at) {
    return scramble(start + at / Long.BYTES * GOLDEN_RATIO);
  }

  private static long mix(long state, long value) {
    return scramble(state * GOLDEN_RATIO + value + 1);
  }

  /// The finaliser of SplittableRandom.
  private static long scramble(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}

package io.fiddler.tensor;

/// How the bytes of one expert lie in memory: slice-major. An expert with intermediate size `I` is
/// cut into `numSlices` equal slices of width `W = I / numSlices`; slice `s` holds, one after the
/// other,
///
/// - gate `[W, hiddenSize]`: rows `[s W, (s+1) W)` of gateProj,
/// - up `[W, hiddenSize]`: the same rows of upProj,
/// - down `[hiddenSize, W]`: columns `[s W, (s+1) W)` of downProj.
///
/// The slice is the unit of splitting, copying and reduction: an expert's result is the sum of its
/// slices' results, added in order of the slices. Every tiling takes the same bytes.
///
/// @param type element type of all three matrices
/// @param hiddenSize width of the model
/// @param intermediateSize width of the expert
/// @param numSlices number of slices, a divisor of `intermediateSize`
/// @param tiling order of the elements within each matrix
public record ExpertFormat(
    ElementType type, int hiddenSize, int intermediateSize, int numSlices, Tiling tiling) {
  private static final int MAX_SLICE_WIDTH = 1024;

  /// The order of a matrix's elements.
  public enum Tiling {
    /// Row by row.
    ROW_MAJOR,
    /// BF16 in the tiles that AMX multiplies by: panels of 16 rows, each cut into tiles of 32
    /// columns and 1 KiB, in which element `[row, column]` is number `column / 2 * 32 + row * 2 +
    /// column % 2`. Rows and columns are multiples of 32.
    AMX_TILES
  }

  public ExpertFormat {
    if (numSlices < 1 || intermediateSize % numSlices != 0) {
      throw new IllegalArgumentException(
          "numSlices must divide intermediateSize %d, got %d"
              .formatted(intermediateSize, numSlices));
    }
    if (!allows(tiling, type, hiddenSize, intermediateSize / numSlices)) {
      throw new IllegalArgumentException(
          "%s needs BF16 slices of multiples of %d, got %s slices of %d by %d"
              .formatted(tiling, AmxTiles.DEPTH, type, intermediateSize / numSlices, hiddenSize));
    }
  }

  /// Row-major.
  public ExpertFormat(ElementType type, int hiddenSize, int intermediateSize, int numSlices) {
    this(type, hiddenSize, intermediateSize, numSlices, Tiling.ROW_MAJOR);
  }

  private static boolean allows(Tiling tiling, ElementType type, int hiddenSize, int sliceWidth) {
    return switch (tiling) {
      case ROW_MAJOR -> true;
      case AMX_TILES ->
          type == ElementType.BF16
              && hiddenSize % AmxTiles.DEPTH == 0
              && sliceWidth % AmxTiles.DEPTH == 0;
    };
  }

  /// The row-major format for a model: the widest slices that are at most 1024 and at most a
  /// quarter of the expert, in multiples of 32 (else 16) elements if the size allows. Mixtral-8x7B:
  /// 14 slices of 1024.
  public static ExpertFormat of(ElementType type, int hiddenSize, int intermediateSize) {
    int limit = Math.max(32, Math.min(MAX_SLICE_WIDTH, intermediateSize / 4));
    for (int unit : new int[] {32, 16, 1}) {
      for (int width = limit / unit * unit; width >= unit; width -= unit) {
        if (intermediateSize % width == 0) {
          return new ExpertFormat(type, hiddenSize, intermediateSize, intermediateSize / width);
        }
      }
    }
    throw new IllegalArgumentException(
        "intermediateSize must be positive, got " + intermediateSize);
  }

  /// Whether the expert can be laid out so.
  public boolean allows(Tiling other) {
    return allows(other, type, hiddenSize, sliceWidth());
  }

  /// The same expert laid out in another way.
  ///
  /// @throws IllegalArgumentException if type or sizes do not allow it
  public ExpertFormat with(Tiling other) {
    return new ExpertFormat(type, hiddenSize, intermediateSize, numSlices, other);
  }

  /// Width `W` of a slice.
  public int sliceWidth() {
    return intermediateSize / numSlices;
  }

  /// Bytes of one of the three matrices of a slice.
  public long matrixSizeBytes() {
    return (long) sliceWidth() * hiddenSize * type.sizeBytes();
  }

  /// Bytes of a slice.
  public long sliceSizeBytes() {
    return 3 * matrixSizeBytes();
  }

  /// Bytes of an expert.
  public long expertSizeBytes() {
    return numSlices * sliceSizeBytes();
  }

  /// The slices `[first, first + count)` of an expert's memory.
  public MemoryView slices(MemoryView expert, int first, int count) {
    return expert.slice(first * sliceSizeBytes(), count * sliceSizeBytes());
  }

  /// Gate `[W, hiddenSize]` of slice `index` of `slices`.
  ///
  /// @throws IllegalStateException if the format is not row-major; so do {@link #up} and {@link
  ///   #down}
  public Matrix gate(MemoryView slices, int index) {
    return matrix(slices, index, 0, sliceWidth(), hiddenSize);
  }

  /// Up `[W, hiddenSize]` of slice `index` of `slices`.
  public Matrix up(MemoryView slices, int index) {
    return matrix(slices, index, 1, sliceWidth(), hiddenSize);
  }

  /// Down `[hiddenSize, W]` of slice `index` of `slices`.
  public Matrix down(MemoryView slices, int index) {
    return matrix(slices, index, 2, hiddenSize, sliceWidth());
  }

  private Matrix matrix(MemoryView slices, int index, int part, int rows, int cols) {
    if (tiling != Tiling.ROW_MAJOR) {
      throw new IllegalStateException(
          "the matrices of an expert in %s have no rows".formatted(tiling));
    }
    long offset = index * sliceSizeBytes() + part * matrixSizeBytes();
    return new Matrix(slices.slice(offset, matrixSizeBytes()), type, rows, cols);
  }
}

package io.fiddler.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.fiddler.tensor.ExpertFormat.Tiling;
import java.lang.foreign.MemorySegment;

/// Rearranges row-major slices of an expert into {@link Tiling#AMX_TILES}, in place: a panel of 16
/// rows takes the same bytes either way. The native kernels have the same in
/// `kernels/tile_packing.h`. Not safe to share among threads.
public final class AmxTiles {
  /// Columns of a tile, of which sizes are multiples.
  static final int DEPTH = 32;

  private static final int ROWS = 16;

  /// Neighbours in a row that stay together, as one int.
  private static final int PAIR = 2;

  /// Rows of a panel are often a power of two long, and would compete for a few lines of the cache.
  private static final int APART = 16;

  private final ExpertFormat format;
  private final int[] rows;
  private final int[] tiles;

  /// @param format tiled; its sizes are those of the slices to come
  public AmxTiles(ExpertFormat format) {
    if (format.tiling() != Tiling.AMX_TILES) {
      throw new IllegalArgumentException(
          "the format must be of %s, got %s".formatted(Tiling.AMX_TILES, format.tiling()));
    }
    this.format = format;
    int pairsOfRow = Math.max(format.hiddenSize(), format.sliceWidth()) / PAIR;
    rows = new int[ROWS * (pairsOfRow + APART)];
    tiles = new int[ROWS * pairsOfRow];
  }

  /// Rearranges one slice, row-major so far.
  public void pack(MemoryView slice) {
    if (slice.sizeBytes() != format.sliceSizeBytes()) {
      throw new IllegalArgumentException(
          "a slice must be %d bytes, got %d".formatted(format.sliceSizeBytes(), slice.sizeBytes()));
    }
    MemorySegment memory = slice.segment(slice.kind());
    long matrix = format.matrixSizeBytes();
    packMatrix(memory, 0, format.sliceWidth(), format.hiddenSize());
    packMatrix(memory, matrix, format.sliceWidth(), format.hiddenSize());
    packMatrix(memory, 2 * matrix, format.hiddenSize(), format.sliceWidth());
  }

  private void packMatrix(MemorySegment memory, long offsetBytes, int numRows, int cols) {
    int pairsOfRow = cols / PAIR;
    int pairs = ROWS * pairsOfRow;
    int stride = pairsOfRow + APART;
    for (int panel = 0; panel < numRows / ROWS; panel++) {
      long at = offsetBytes + (long) panel * pairs * Integer.BYTES;
      for (int row = 0; row < ROWS; row++) {
        long from = at + (long) row * pairsOfRow * Integer.BYTES;
        MemorySegment.copy(memory, JAVA_INT_UNALIGNED, from, rows, row * stride, pairsOfRow);
      }
      for (int pair = 0; pair < pairsOfRow; pair++) {
        for (int row = 0; row < ROWS; row++) {
          tiles[pair * ROWS + row] = rows[row * stride + pair];
        }
      }
      MemorySegment.copy(tiles, 0, memory, JAVA_INT_UNALIGNED, at, pairs);
    }
  }
}

package io.fiddler.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.fiddler.tensor.ExpertFormat.Tiling;
import java.lang.foreign.MemorySegment;

/// Rearranges 16 rows of BF16 into the tiles of {@link Tiling#AMX_TILES}: a panel, which takes the
/// same bytes either way. Not safe to share among threads.
public final class AmxPanels {
  /// Rows of a panel.
  public static final int ROWS = 16;

  /// Neighbours in a row that stay together, as one int.
  private static final int PAIR = 2;

  /// Rows are often a power of two long, and would compete for a few lines of the cache.
  private static final int APART = 16;

  private final int[] rows;
  private final int[] tiles;

  /// @param maxCols of the panels to come
  public AmxPanels(int maxCols) {
    int pairsOfRow = Math.ceilDiv(maxCols, PAIR);
    rows = new int[ROWS * (pairsOfRow + APART)];
    tiles = new int[ROWS * pairsOfRow];
  }

  /// Rearranges one panel.
  ///
  /// @param source holds the rows
  /// @param from where the first of them begins, in bytes
  /// @param strideBytes from one row to the next
  /// @param cols elements of a row, a multiple of 32
  /// @param target may be the same as `source` and hold the same bytes
  /// @param to where the panel goes, in bytes
  public void pack(
      MemorySegment source, long from, long strideBytes, int cols, MemorySegment target, long to) {
    int pairsOfRow = cols / PAIR;
    int stride = pairsOfRow + APART;
    for (int row = 0; row < ROWS; row++) {
      MemorySegment.copy(
          source, JAVA_INT_UNALIGNED, from + row * strideBytes, rows, row * stride, pairsOfRow);
    }
    for (int pair = 0; pair < pairsOfRow; pair++) {
      for (int row = 0; row < ROWS; row++) {
        tiles[pair * ROWS + row] = rows[row * stride + pair];
      }
    }
    MemorySegment.copy(tiles, 0, target, JAVA_INT_UNALIGNED, to, ROWS * pairsOfRow);
  }
}

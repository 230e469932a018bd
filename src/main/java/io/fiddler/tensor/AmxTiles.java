package io.fiddler.tensor;

import io.fiddler.tensor.ExpertFormat.Tiling;
import java.lang.foreign.MemorySegment;

/// Rearranges row-major slices of an expert into {@link Tiling#AMX_TILES}, in place: a panel of 16
/// rows takes the same bytes either way. The native kernels have the same in
/// `kernels/tile_packing.h`. Not safe to share among threads.
public final class AmxTiles {
  /// Columns of a tile, of which sizes are multiples.
  static final int DEPTH = 32;

  private final ExpertFormat format;
  private final AmxPanels panels;

  /// @param format tiled; its sizes are those of the slices to come
  public AmxTiles(ExpertFormat format) {
    if (format.tiling() != Tiling.AMX_TILES) {
      throw new IllegalArgumentException(
          "the format must be of %s, got %s".formatted(Tiling.AMX_TILES, format.tiling()));
    }
    this.format = format;
    panels = new AmxPanels(Math.max(format.hiddenSize(), format.sliceWidth()));
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
    long rowBytes = (long) cols * format.type().sizeBytes();
    for (int row = 0; row < numRows; row += AmxPanels.ROWS) {
      long at = offsetBytes + row * rowBytes;
      panels.pack(memory, at, rowBytes, cols, memory, at);
    }
  }
}

package io.fiddler.kernel.cpu;

import java.lang.foreign.MemorySegment;

/// How one piece of an expert is computed, for one tiling of its weights: activations `x` and inner
/// activations `h = silu(gate x) * up x` of a round lie in memory of its own. The steps are called
/// by many workers at once, each for another part.
interface ExpertArithmetic {
  /// Rows for which `count` rows of activations take room.
  int storedRows(int count);

  /// Columns of `h` or of the output that a worker computes at a time for so many rows.
  int blockCols(int count);

  /// Makes room for a round.
  void reserve(int xLength, int hLength);

  /// Brings row `from` of `normed` to the piece's row `row` of `x`.
  void gather(int worker, ExpertPiece piece, int row, MemorySegment normed, int from);

  /// Computes columns `[first, first + cols)` of `h` of a slice.
  void gateUp(int worker, ExpertPiece piece, int slice, int first, int cols);

  /// Computes columns `[first, first + cols)` of the piece's output, all slices in order.
  void down(int worker, ExpertPiece piece, int first, int cols, MemorySegment out);

  /// Frees memory.
  void close();
}

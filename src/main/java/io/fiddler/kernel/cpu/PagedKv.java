package io.fiddler.kernel.cpu;

import java.lang.foreign.MemorySegment;

/// The key/value cache of a layer as the kernels see it.
///
/// @param keys F32 `[rows, width]`, as in {@link io.fiddler.kernel.KvLayer}
/// @param values the same shape
/// @param width floats a row, `numKvHeads * headDim`
/// @param blockTokens positions a block
record PagedKv(MemorySegment keys, MemorySegment values, int width, int blockTokens) {
  /// Row of the cache that holds `position`.
  int row(int[] blockTable, int position) {
    return blockTable[position / blockTokens] * blockTokens + position % blockTokens;
  }

  /// Byte offset of that row.
  long offsetBytes(int[] blockTable, int position) {
    return (long) row(blockTable, position) * width * Float.BYTES;
  }
}

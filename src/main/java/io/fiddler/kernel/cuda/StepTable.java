package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.fiddler.kernel.StepInput;
import java.lang.foreign.MemorySegment;

/// What kernels read about the rows of a step, as ints: number of rows, then positions, sequences,
/// tokens, ranges for attention, and the block tables one behind the other. Where each part lies
/// depends only on how many rows there is room for, so that a graph finds it again in every step of
/// its bucket.
///
/// A row's sequence is said by where its blocks begin, which makes the tables' stride one: they
/// need no padding to the longest context.
///
/// @param capacity rows there is room for
record StepTable(int capacity) {
  private static final int HEADER = 4;

  /// Stride of the block tables, in ints.
  static final int BLOCK_TABLE_STRIDE = 1;

  /// All offsets are in bytes from the table's start.
  long rowCountOffset() {
    return 0;
  }

  long positionsOffset() {
    return (long) HEADER * Integer.BYTES;
  }

  long sequencesOffset() {
    return positionsOffset() + partBytes();
  }

  long tokensOffset() {
    return sequencesOffset() + partBytes();
  }

  /// Of the two bounds of an attention range.
  long rangeOffset(int range) {
    return tokensOffset() + partBytes() + 2L * range * Integer.BYTES;
  }

  long blocksOffset() {
    // No more ranges than rows.
    return rangeOffset(capacity);
  }

  /// Bytes with block tables of `blocks` blocks together.
  long sizeBytes(int blocks) {
    return blocksOffset() + (long) blocks * Integer.BYTES;
  }

  private long partBytes() {
    return (long) capacity * Integer.BYTES;
  }

  /// Block ids of all sequences of a step.
  static int blocks(StepInput input) {
    int blocks = 0;
    for (int[] table : input.blockTables()) {
      blocks += table.length;
    }
    return blocks;
  }

  /// Writes a step to `memory` from byte `at` on.
  void write(MemorySegment memory, long at, StepInput input, AttentionRanges ranges) {
    int rows = input.rows();
    memory.set(JAVA_INT, at + rowCountOffset(), rows);
    MemorySegment.copy(input.positions(), 0, memory, JAVA_INT, at + positionsOffset(), rows);
    MemorySegment.copy(input.tokens(), 0, memory, JAVA_INT, at + tokensOffset(), rows);
    for (int range = 0; range < ranges.count(); range++) {
      memory.set(JAVA_INT, at + rangeOffset(range), ranges.first(range));
      memory.set(JAVA_INT, at + rangeOffset(range) + Integer.BYTES, ranges.end(range));
    }
    int[][] tables = input.blockTables();
    int begin = 0;
    for (int sequence = 0; sequence < tables.length; sequence++) {
      int[] table = tables[sequence];
      MemorySegment.copy(
          table, 0, memory, JAVA_INT, at + blocksOffset() + 4L * begin, table.length);
      for (int row = 0; row < rows; row++) {
        if (input.sequenceOfRow()[row] == sequence) {
          memory.set(JAVA_INT, at + sequencesOffset() + 4L * row, begin);
        }
      }
      begin += table.length;
    }
  }

  /// Refuses a step that would make kernels read or write elsewhere.
  ///
  /// @param blockTokens positions a block
  /// @return the largest block of all tables, which must lie in the cache
  static int requireSound(StepInput input, int blockTokens) {
    for (int row = 0; row < input.rows(); row++) {
      int sequence = input.sequenceOfRow()[row];
      if (sequence < 0 || sequence >= input.blockTables().length) {
        throw new IllegalArgumentException(
            "the sequence of a row must be in [0, %d), got %d (row %d)"
                .formatted(input.blockTables().length, sequence, row));
      }
      int position = input.positions()[row];
      int[] table = input.blockTables()[sequence];
      if (position < 0 || position / blockTokens >= table.length) {
        throw new IllegalArgumentException(
            "a position must lie in the %d blocks of its sequence, got %d (row %d)"
                .formatted(table.length, position, row));
      }
    }
    int largest = 0;
    for (int[] table : input.blockTables()) {
      for (int block : table) {
        if (block < 0) {
          throw new IllegalArgumentException("a block must be at least 0, got " + block);
        }
        largest = Math.max(largest, block);
      }
    }
    return largest;
  }
}

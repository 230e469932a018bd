package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.tensor.ExpertFormat.Tiling;
import java.lang.foreign.MemorySegment;

/// The table of entries that one launch of the expert kernels reads, as `expert_work.cuh` lays it
/// out: two counts, the rows of the grouped order it needs, then entries of 40 bytes. Collected on
/// the host, written when it is sent. Reused from launch to launch.
final class ExpertWorkTable {
  /// Rows of an entry; the kernels hold as many in registers.
  static final int MAX_ENTRY_ROWS = 16;

  private static final int ENTRY_BYTES = 40;
  private static final int ROWS_AT = 16;

  private final int maxSlices;
  private final long[] address;
  private final int[] slices;
  private final int[] firstRow;
  private final int[] rowCount;
  private final int[] outRow;
  private final Output[] output;
  private final Tiling[] tiling;
  private int count;
  private int totalSlices;
  private int minRow;
  private int endRow;

  /// @param maxSlices most slices of all entries together, and so most entries
  ExpertWorkTable(int maxSlices) {
    this.maxSlices = maxSlices;
    this.address = new long[maxSlices];
    this.slices = new int[maxSlices];
    this.firstRow = new int[maxSlices];
    this.rowCount = new int[maxSlices];
    this.outRow = new int[maxSlices];
    this.output = new Output[maxSlices];
    this.tiling = new Tiling[maxSlices];
  }

  void clear() {
    count = 0;
    totalSlices = 0;
    minRow = Integer.MAX_VALUE;
    endRow = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// Slices of all entries.
  int totalSlices() {
    return totalSlices;
  }

  int count() {
    return count;
  }

  /// Whether `more` slices fit.
  boolean hasRoomFor(int more) {
    return totalSlices + more <= maxSlices;
  }

  /// Whether an entry writes one of the output rows `[first, first + rows)`.
  boolean writes(int first, int rows) {
    for (int i = 0; i < count; i++) {
      int written = output[i] == Output.SEPARATE ? slices[i] * rowCount[i] : rowCount[i];
      if (outRow[i] < first + rows && first < outRow[i] + written) {
        return true;
      }
    }
    return false;
  }

  /// Adds an entry of at most {@link #MAX_ENTRY_ROWS} rows; its room was asked for.
  void add(
      long slicesAddress, int numSlices, Tiling order, int first, int rows, int out, Output how) {
    address[count] = slicesAddress;
    slices[count] = numSlices;
    tiling[count] = order;
    firstRow[count] = first;
    rowCount[count] = rows;
    outRow[count] = out;
    output[count] = how;
    count++;
    totalSlices += numSlices;
    minRow = Math.min(minRow, first);
    endRow = Math.max(endRow, first + rows);
  }

  /// First row of the grouped order that it needs; one that it has is at least that.
  int minRow() {
    return minRow;
  }

  /// Bytes from the start of the table to the rows.
  static long rowsOffset() {
    return ROWS_AT;
  }

  /// Bytes from the start of the table to the entries.
  long entriesOffset() {
    return entriesOffset(endRow - minRow);
  }

  private static long entriesOffset(int rows) {
    return Math.ceilDiv(ROWS_AT + (long) rows * Integer.BYTES, 16L) * 16;
  }

  /// Bytes it takes.
  long sizeBytes() {
    return entriesOffset() + (long) count * ENTRY_BYTES;
  }

  /// Most bytes a table of that many slices and rows of the grouped order takes.
  static long sizeBytes(int maxSlices, int maxRows) {
    return entriesOffset(maxRows) + (long) maxSlices * ENTRY_BYTES;
  }

  /// Writes it to `memory` from byte `at` on.
  void write(MemorySegment memory, long at, int[] rowOfGrouped) {
    memory.set(JAVA_INT, at, count);
    memory.set(JAVA_INT, at + 4, totalSlices);
    MemorySegment.copy(rowOfGrouped, minRow, memory, JAVA_INT, at + ROWS_AT, endRow - minRow);
    long entry = at + entriesOffset();
    int firstSlice = 0;
    for (int i = 0; i < count; i++) {
      memory.set(JAVA_LONG, entry, address[i]);
      memory.set(JAVA_INT, entry + 8, slices[i]);
      memory.set(JAVA_INT, entry + 12, firstSlice);
      memory.set(JAVA_INT, entry + 16, firstRow[i] - minRow);
      memory.set(JAVA_INT, entry + 20, rowCount[i]);
      memory.set(JAVA_INT, entry + 24, outRow[i]);
      memory.set(JAVA_INT, entry + 28, output(output[i]));
      memory.set(JAVA_INT, entry + 32, layout(tiling[i]));
      memory.set(JAVA_INT, entry + 36, 0);
      firstSlice += slices[i];
      entry += ENTRY_BYTES;
    }
  }

  private static int output(Output output) {
    return switch (output) {
      case SET -> 0;
      case ADD -> 1;
      case SEPARATE -> 2;
    };
  }

  private static int layout(Tiling tiling) {
    return switch (tiling) {
      case ROW_MAJOR -> 0;
      case AMX_TILES -> 1;
    };
  }
}

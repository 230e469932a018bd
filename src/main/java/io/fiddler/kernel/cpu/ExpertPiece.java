package io.fiddler.kernel.cpu;

import io.fiddler.kernel.ExpertTask;
import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;

/// Some rows of an {@link ExpertTask}, and where they lie in the scratch memory of its round.
///
/// @param task the task
/// @param memory its slices
/// @param firstRow first row, counted within the task
/// @param count rows, at least one
/// @param storedRows rows for which its activations take room, at least `count`
/// @param blockCols columns that are computed at a time
/// @param xOffset its activations `[storedRows, hiddenSize]`
/// @param hOffset its inner activations `[numSlices, storedRows, sliceWidth]`
record ExpertPiece(
    ExpertTask task,
    MemorySegment memory,
    int firstRow,
    int count,
    int storedRows,
    int blockCols,
    int xOffset,
    int hOffset) {
  ElementType type() {
    return task.format().type();
  }

  int hiddenSize() {
    return task.format().hiddenSize();
  }

  int sliceWidth() {
    return task.format().sliceWidth();
  }

  int xLength() {
    return storedRows * hiddenSize();
  }

  int hLength() {
    return task.numSlices() * storedRows * sliceWidth();
  }

  /// Where the inner activations of a slice begin.
  int hOffset(int slice) {
    return hOffset + slice * storedRows * sliceWidth();
  }

  /// Blocks of columns of `h` in a slice.
  int blocksOfSlice() {
    return Math.ceilDiv(sliceWidth(), blockCols);
  }

  /// Blocks of columns of `h` over all slices.
  int gateUpUnits() {
    return task.numSlices() * blocksOfSlice();
  }

  long gateOffsetBytes(int slice) {
    return slice * task.format().sliceSizeBytes();
  }

  long upOffsetBytes(int slice) {
    return gateOffsetBytes(slice) + task.format().matrixSizeBytes();
  }

  long downOffsetBytes(int slice) {
    return gateOffsetBytes(slice) + 2 * task.format().matrixSizeBytes();
  }

  /// Row of the output that the result of slice `slice` for the piece's row `row` goes to.
  int outRow(int slice, int row) {
    int separate = task.output() == ExpertTask.Output.SEPARATE ? slice * task.rowCount() : 0;
    return task.outRow() + separate + firstRow + row;
  }

  /// Whether the slice's result replaces what is there, rather than being added to it.
  boolean sets(int slice) {
    return switch (task.output()) {
      case SET -> slice == 0;
      case ADD -> false;
      case SEPARATE -> true;
    };
  }

  /// Whether some row of the output lies in the ranges of both.
  boolean overlaps(ExpertPiece other) {
    return outRow(0, 0) < other.endOutRow() && other.outRow(0, 0) < endOutRow();
  }

  private int endOutRow() {
    return outRow(task.numSlices() - 1, count - 1) + 1;
  }
}

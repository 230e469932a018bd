package io.fiddler.model.load;

import io.fiddler.model.load.WeightsFill.Target;
import io.fiddler.tensor.AmxPanels;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;

/// Brings rows of a tensor to where they belong, for one thread.
final class RowPlacing {
  private final TensorSource source;
  private final MemorySegment stage;
  private final AmxPanels panels;

  /// @param stage room for the rows that are placed at once
  /// @param maxCols most columns of a block
  RowPlacing(TensorSource source, MemorySegment stage, int maxCols) {
    this.source = source;
    this.stage = stage;
    panels = new AmxPanels(maxCols);
  }

  /// Fills rows of a tensor, all of the same blocks.
  ///
  /// @param firstRow of the tensor
  void fill(Target target, int firstRow, int numRows) {
    CutTensor tensor = target.tensor();
    int firstBlock =
        switch (tensor.cut()) {
          case ROWS -> firstRow / tensor.blockRows();
          case COLUMNS -> 0;
        };
    int rowInBlock = firstRow - firstBlock * tensor.blockRows();
    if (target.isAsStored()) {
      MemorySegment block = block(target, firstBlock);
      long rowBytes = block.byteSize() / tensor.blockRows();
      source.rows(tensor, firstRow, block.asSlice(rowInBlock * rowBytes, numRows * rowBytes));
      return;
    }
    int blocksOfRow = tensor.shape().cols() / tensor.blockCols();
    long widthBytes = block(target, 0).byteSize() / tensor.blockRows();
    long rowBytes = blocksOfRow * widthBytes;
    source.rows(tensor, firstRow, stage.asSlice(0, numRows * rowBytes));
    for (int b = 0; b < blocksOfRow; b++) {
      MemorySegment block = block(target, firstBlock + b);
      long to = rowInBlock * widthBytes;
      switch (target.tiling()) {
        case ROW_MAJOR -> copy(b * widthBytes, rowBytes, numRows, widthBytes, block, to);
        case AMX_TILES -> pack(b * widthBytes, rowBytes, numRows, tensor.blockCols(), block, to);
      }
    }
  }

  private static MemorySegment block(Target target, int index) {
    return target.blocks().get(index).segment(MemoryKind.HOST);
  }

  private void copy(
      long from, long rowBytes, int numRows, long widthBytes, MemorySegment block, long to) {
    for (int row = 0; row < numRows; row++) {
      MemorySegment.copy(stage, from + row * rowBytes, block, to + row * widthBytes, widthBytes);
    }
  }

  private void pack(long from, long rowBytes, int numRows, int cols, MemorySegment block, long to) {
    long panelBytes = (long) AmxPanels.ROWS * cols * Short.BYTES;
    for (int row = 0; row < numRows; row += AmxPanels.ROWS) {
      long at = to + row / AmxPanels.ROWS * panelBytes;
      panels.pack(stage, from + row * rowBytes, rowBytes, cols, block, at);
    }
  }
}

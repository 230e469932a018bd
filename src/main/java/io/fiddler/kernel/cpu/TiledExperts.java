package io.fiddler.kernel.cpu;

import io.fiddler.kernel.cpu.amx.AmxKernels;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Slices in AMX tiles, by the native kernels; activations in bf16 tiles outside the heap.
final class TiledExperts implements ExpertArithmetic {
  /// Rows up to which memory is the limit, and narrow blocks spread the work evenly. Beyond, wide
  /// ones let more weights pass by for each reading of the activations.
  private static final int FEW_ROWS = 32;

  private final AmxKernels kernels;
  private final Room x = new Room();
  private final Room h = new Room();

  TiledExperts(AmxKernels kernels) {
    this.kernels = kernels;
  }

  /// Memory that grows to the largest round so far, its contents undefined.
  private static final class Room {
    private @Nullable HostMemory memory;
    private MemorySegment segment = MemorySegment.NULL;

    void reserve(int elements) {
      long sizeBytes = (long) elements * Short.BYTES;
      if (segment.byteSize() < sizeBytes) {
        close();
        HostMemory grown = HostMemory.allocate(sizeBytes + sizeBytes / 4);
        memory = grown;
        segment = grown.view().segment(MemoryKind.HOST);
      }
    }

    MemorySegment from(int element) {
      return segment.asSlice((long) element * Short.BYTES);
    }

    void close() {
      segment = MemorySegment.NULL;
      if (memory != null) {
        memory.close();
        memory = null;
      }
    }
  }

  @Override
  public int storedRows(int count) {
    return AmxKernels.storedRows(count);
  }

  @Override
  public int blockCols(int count) {
    return count <= FEW_ROWS ? Core.BLOCK_ROWS : AmxKernels.MAX_COLUMNS;
  }

  @Override
  public void reserve(int xLength, int hLength) {
    x.reserve(xLength);
    h.reserve(hLength);
  }

  @Override
  public void gather(int worker, ExpertPiece piece, int row, MemorySegment normed, int from) {
    int hiddenSize = piece.hiddenSize();
    MemorySegment plain = normed.asSlice((long) from * hiddenSize * Float.BYTES);
    kernels.roundRow(plain, x.from(piece.xOffset()), row, hiddenSize);
  }

  @Override
  public void gateUp(int worker, ExpertPiece piece, int slice, int first, int cols) {
    kernels.gateUp(
        piece.task().format(),
        piece.memory().asSlice(piece.gateOffsetBytes(slice)),
        x.from(piece.xOffset()),
        h.from(piece.hOffset(slice)),
        piece.count(),
        first / AmxKernels.PANEL_ROWS,
        (first + cols) / AmxKernels.PANEL_ROWS);
  }

  @Override
  public void down(int worker, ExpertPiece piece, int first, int cols, MemorySegment out) {
    long rowBytes = (long) piece.hiddenSize() * Float.BYTES;
    kernels.down(
        piece.task().format(),
        piece.memory(),
        piece.task().numSlices(),
        h.from(piece.hOffset(0)),
        piece.count(),
        first,
        cols,
        out.asSlice(piece.outRow(0, 0) * rowBytes),
        piece.task().rowCount() * rowBytes,
        switch (piece.task().output()) {
          case SET -> AmxKernels.Output.SET;
          case ADD -> AmxKernels.Output.ADD;
          case SEPARATE -> AmxKernels.Output.SEPARATE;
        });
  }

  @Override
  public void close() {
    x.close();
    h.close();
  }
}

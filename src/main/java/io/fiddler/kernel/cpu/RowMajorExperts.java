package io.fiddler.kernel.cpu;

import java.lang.foreign.MemorySegment;

/// Row-major slices of any element type, by the kernel set of the core; float32 throughout.
final class RowMajorExperts implements ExpertArithmetic {
  private static final float[] NONE = {};

  private final Core core;
  private float[] x = NONE;
  private float[] h = NONE;

  RowMajorExperts(Core core) {
    this.core = core;
  }

  @Override
  public int storedRows(int count) {
    return count;
  }

  @Override
  public int blockCols(int count) {
    return Core.BLOCK_ROWS;
  }

  @Override
  public void reserve(int xLength, int hLength) {
    x = Scratch.atLeast(x, xLength);
    h = Scratch.atLeast(h, hLength);
  }

  @Override
  public void gather(int worker, ExpertPiece piece, int row, MemorySegment normed, int from) {
    int hiddenSize = piece.hiddenSize();
    int to = piece.xOffset() + row * hiddenSize;
    if (core.kernels.arranges(piece.type())) {
      float[] plain = core.scratch(worker).row(hiddenSize);
      Core.load(normed, from, hiddenSize, plain, 0);
      core.kernels.arrange(plain, 0, hiddenSize, x, to);
    } else {
      Core.load(normed, from, hiddenSize, x, to);
    }
  }

  @Override
  public void gateUp(int worker, ExpertPiece piece, int slice, int firstRow, int rows) {
    int width = piece.sliceWidth();
    Scratch scratch = core.scratch(worker);
    int tile = Core.length(piece.count(), Core.BLOCK_ROWS);
    float[] gate = scratch.gate(tile);
    float[] up = scratch.up(tile);
    long offset = firstRow * (long) piece.hiddenSize() * piece.type().sizeBytes();
    multiplyX(piece, piece.gateOffsetBytes(slice) + offset, rows, scratch, gate);
    multiplyX(piece, piece.upOffsetBytes(slice) + offset, rows, scratch, up);
    core.kernels.swiGlu(gate, up, tile);
    boolean arranged = core.kernels.arranges(piece.type());
    for (int r = 0; r < rows; r++) {
      int column = firstRow + r;
      int to =
          piece.hOffset(slice) + (arranged ? core.kernels.arrangedIndex(width, column) : column);
      for (int t = 0; t < piece.count(); t++) {
        h[to + t * width] = gate[t * Core.BLOCK_ROWS + r];
      }
    }
  }

  private void multiplyX(
      ExpertPiece piece, long offsetBytes, int rows, Scratch scratch, float[] out) {
    core.kernels.multiply(
        piece.type(),
        piece.memory(),
        offsetBytes,
        rows,
        piece.hiddenSize(),
        x,
        piece.xOffset(),
        piece.count(),
        scratch,
        out,
        0,
        Core.BLOCK_ROWS);
  }

  @Override
  public void down(int worker, ExpertPiece piece, int firstRow, int rows, MemorySegment out) {
    int hiddenSize = piece.hiddenSize();
    int width = piece.sliceWidth();
    Scratch scratch = core.scratch(worker);
    float[] tile = scratch.gate(Core.length(piece.count(), Core.BLOCK_ROWS));
    for (int slice = 0; slice < piece.task().numSlices(); slice++) {
      core.kernels.multiply(
          piece.type(),
          piece.memory(),
          piece.downOffsetBytes(slice) + firstRow * (long) width * piece.type().sizeBytes(),
          rows,
          width,
          h,
          piece.hOffset(slice),
          piece.count(),
          scratch,
          tile,
          0,
          Core.BLOCK_ROWS);
      for (int t = 0; t < piece.count(); t++) {
        long to = (long) piece.outRow(slice, t) * hiddenSize + firstRow;
        if (piece.sets(slice)) {
          Core.storeAt(tile, t * Core.BLOCK_ROWS, out, to, rows);
        } else {
          Core.addAt(tile, t * Core.BLOCK_ROWS, out, to, rows);
        }
      }
    }
  }

  @Override
  public void close() {
    x = NONE;
    h = NONE;
  }
}

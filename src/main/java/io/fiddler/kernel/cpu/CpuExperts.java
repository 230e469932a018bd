package io.fiddler.kernel.cpu;

import io.fiddler.kernel.ExpertTask;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Slices of experts, all tasks of a call together: one region for `h = silu(gate x) * up x` over
/// (piece, slice, block of rows), then one for `y = down h` over (chain of pieces, block of rows).
///
/// Tasks with many rows are cut into pieces, and the pieces run in rounds, so that scratch memory
/// is bounded. By then the work is bound by arithmetic, so reading the weights again costs little.
final class CpuExperts {
  /// Rows at which reading the weights takes a small part of the time.
  private static final int MAX_PIECE_ROWS = 256;

  /// 64 MiB. One piece may exceed it.
  private static final long MAX_ROUND_FLOATS = 16L << 20;

  private static final float[] NONE = {};

  private final Core core;
  private final ExpertRound round = new ExpertRound();
  private float[] x = NONE;
  private float[] h = NONE;

  CpuExperts(Core core) {
    this.core = core;
  }

  void run(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out) {
    int hiddenSize = normed.cols();
    MemorySegment from = core.activations("normed", normed, 0, hiddenSize);
    MemorySegment to = core.activations("out", out, 0, hiddenSize);
    round.clear();
    for (int i = 0; i < tasks.size(); i++) {
      ExpertTask task = tasks.get(i);
      MemorySegment memory = checked(task, hiddenSize, rowOfGrouped.length, out.rows());
      for (int first = 0; first < task.rowCount(); first += MAX_PIECE_ROWS) {
        int count = Math.min(MAX_PIECE_ROWS, task.rowCount() - first);
        long length = count * (hiddenSize + (long) task.numSlices() * task.format().sliceWidth());
        if (round.numPieces() > 0
            && round.xLength() + round.hLength() + length > MAX_ROUND_FLOATS) {
          runRound(from, rowOfGrouped, to);
          round.clear();
        }
        round.add(new ExpertPiece(task, memory, first, count, round.xLength(), round.hLength()));
      }
    }
    if (round.numPieces() > 0) {
      runRound(from, rowOfGrouped, to);
    }
  }

  private MemorySegment checked(ExpertTask task, int hiddenSize, int groupedRows, int outRows) {
    ExpertFormat format = task.format();
    MemorySegment memory = task.slices().segment(core.kind);
    long expected = task.numSlices() * format.sliceSizeBytes();
    if (task.numSlices() < 1 || memory.byteSize() != expected) {
      throw new IllegalArgumentException(
          "%d slices must be %d bytes, got %d"
              .formatted(task.numSlices(), expected, memory.byteSize()));
    }
    if (format.hiddenSize() != hiddenSize) {
      throw new IllegalArgumentException(
          "hiddenSize of the expert must be that of its input, %d, got %d"
              .formatted(hiddenSize, format.hiddenSize()));
    }
    if (task.firstRow() < 0 || task.firstRow() + task.rowCount() > groupedRows) {
      throw new IllegalArgumentException(
          "rows of a task must lie in [0, %d), got [%d, %d)"
              .formatted(groupedRows, task.firstRow(), task.firstRow() + task.rowCount()));
    }
    if (task.outRow() < 0 || task.outRow() + task.outRows() > outRows) {
      throw new IllegalArgumentException(
          "output rows of a task must lie in [0, %d), got [%d, %d)"
              .formatted(outRows, task.outRow(), task.outRow() + task.outRows()));
    }
    return memory;
  }

  private void runRound(MemorySegment normed, int[] rowOfGrouped, MemorySegment out) {
    x = Scratch.atLeast(x, round.xLength());
    h = Scratch.atLeast(h, round.hLength());
    int hiddenSize = round.piece(0).hiddenSize();
    core.run(
        round.numRows(),
        round.xLength(),
        (worker, row) -> gather(worker, row, normed, rowOfGrouped));
    long downWork = (long) round.hLength() * hiddenSize;
    core.run(round.numGateUpUnits(), 2 * downWork, this::gateUp);
    int blocks = Core.blocks(hiddenSize);
    core.run(
        round.numChains() * blocks,
        downWork,
        (worker, unit) -> {
          int chain = unit / blocks;
          for (int p = 0; p < round.numPieces(); p++) {
            if (round.chainOf(p) == chain) {
              down(worker, round.piece(p), unit % blocks, out);
            }
          }
        });
  }

  private void gather(int worker, int row, MemorySegment normed, int[] rowOfGrouped) {
    int index = round.pieceOfRow(row);
    ExpertPiece piece = round.piece(index);
    int rowOfPiece = round.rowWithinPiece(row, index);
    int hiddenSize = piece.hiddenSize();
    int from = rowOfGrouped[piece.task().firstRow() + piece.firstRow() + rowOfPiece];
    if (core.kernels.arranges(piece.type())) {
      float[] plain = core.scratch(worker).row(hiddenSize);
      Core.load(normed, from, hiddenSize, plain, 0);
      core.kernels.arrange(plain, 0, hiddenSize, x, piece.xOffset(rowOfPiece));
    } else {
      Core.load(normed, from, hiddenSize, x, piece.xOffset(rowOfPiece));
    }
  }

  private void gateUp(int worker, int unit) {
    int index = round.pieceOfGateUpUnit(unit);
    ExpertPiece piece = round.piece(index);
    int unitOfPiece = round.gateUpUnitWithinPiece(unit, index);
    int width = piece.sliceWidth();
    int slice = unitOfPiece / Core.blocks(width);
    int block = unitOfPiece % Core.blocks(width);
    int firstRow = block * Core.BLOCK_ROWS;
    int rows = Core.blockRows(width, block);
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

  private void down(int worker, ExpertPiece piece, int block, MemorySegment out) {
    int hiddenSize = piece.hiddenSize();
    int width = piece.sliceWidth();
    int firstRow = block * Core.BLOCK_ROWS;
    int rows = Core.blockRows(hiddenSize, block);
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
}

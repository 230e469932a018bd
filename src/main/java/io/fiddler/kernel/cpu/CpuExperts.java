package io.fiddler.kernel.cpu;

import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.cpu.amx.AmxKernels;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Slices of experts, all tasks of a call together: one region for `h = silu(gate x) * up x` over
/// (piece, slice, block of rows), then one for `y = down h` over (chain of pieces, block of rows).
///
/// Tasks with many rows are cut into pieces, and the pieces run in rounds, so that scratch memory
/// is bounded. By then the work is bound by arithmetic, so reading the weights again costs little.
final class CpuExperts {
  /// Rows at which reading the weights takes a small part of the time.
  private static final int MAX_PIECE_ROWS = 256;

  /// 64 MiB of floats. One piece may exceed it.
  private static final long MAX_ROUND_LENGTH = 16L << 20;

  private final Core core;
  private final ExpertRound round = new ExpertRound();
  private final ExpertArithmetic rowMajor;
  private final @Nullable ExpertArithmetic tiled;

  /// @param tiles kernels for experts in tiles, if there are any
  CpuExperts(Core core, @Nullable AmxKernels tiles) {
    this.core = core;
    rowMajor = new RowMajorExperts(core);
    tiled = tiles == null ? null : new TiledExperts(tiles);
  }

  void run(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out) {
    int hiddenSize = normed.cols();
    MemorySegment from = core.activations("normed", normed, 0, hiddenSize);
    MemorySegment to = core.activations("out", out, 0, hiddenSize);
    if (tasks.isEmpty()) {
      return;
    }
    Tiling tiling = tasks.getFirst().format().tiling();
    ExpertArithmetic arithmetic = arithmetic(tiling);
    round.clear();
    for (int i = 0; i < tasks.size(); i++) {
      ExpertTask task = tasks.get(i);
      requireTiling(tiling, task);
      MemorySegment memory = checked(task, hiddenSize, rowOfGrouped.length, out.rows());
      for (int first = 0; first < task.rowCount(); first += MAX_PIECE_ROWS) {
        int count = Math.min(MAX_PIECE_ROWS, task.rowCount() - first);
        int storedRows = arithmetic.storedRows(count);
        long length =
            storedRows * (hiddenSize + (long) task.numSlices() * task.format().sliceWidth());
        if (round.numPieces() > 0
            && round.xLength() + round.hLength() + length > MAX_ROUND_LENGTH) {
          runRound(arithmetic, from, rowOfGrouped, to);
          round.clear();
        }
        round.add(
            new ExpertPiece(
                task,
                memory,
                first,
                count,
                storedRows,
                arithmetic.blockCols(count),
                round.xLength(),
                round.hLength()));
      }
    }
    if (round.numPieces() > 0) {
      runRound(arithmetic, from, rowOfGrouped, to);
    }
  }

  private ExpertArithmetic arithmetic(Tiling tiling) {
    return switch (tiling) {
      case ROW_MAJOR -> rowMajor;
      case AMX_TILES -> {
        if (tiled == null) {
          throw new IllegalArgumentException(
              "the kernels %s read no experts in %s".formatted(core.kernels.name(), tiling));
        }
        yield tiled;
      }
    };
  }

  private static void requireTiling(Tiling tiling, ExpertTask task) {
    if (task.format().tiling() != tiling) {
      throw new IllegalArgumentException(
          "the tasks of a call must have one tiling, %s, got %s"
              .formatted(tiling, task.format().tiling()));
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

  private void runRound(
      ExpertArithmetic arithmetic, MemorySegment normed, int[] rowOfGrouped, MemorySegment out) {
    arithmetic.reserve(round.xLength(), round.hLength());
    int hiddenSize = round.piece(0).hiddenSize();
    core.run(
        round.numRows(),
        round.xLength(),
        (worker, row) -> gather(arithmetic, worker, row, normed, rowOfGrouped));
    long downWork = (long) round.hLength() * hiddenSize;
    core.run(
        round.numGateUpUnits(), 2 * downWork, (worker, unit) -> gateUp(arithmetic, worker, unit));
    int blockCols = round.blockCols();
    int blocks = Math.ceilDiv(hiddenSize, blockCols);
    core.run(
        round.numChains() * blocks,
        downWork,
        (worker, unit) -> {
          int chain = unit / blocks;
          int first = unit % blocks * blockCols;
          int cols = Math.min(blockCols, hiddenSize - first);
          for (int p = 0; p < round.numPieces(); p++) {
            if (round.chainOf(p) == chain) {
              arithmetic.down(worker, round.piece(p), first, cols, out);
            }
          }
        });
  }

  private void gather(
      ExpertArithmetic arithmetic, int worker, int row, MemorySegment normed, int[] rowOfGrouped) {
    int index = round.pieceOfRow(row);
    ExpertPiece piece = round.piece(index);
    int rowOfPiece = round.rowWithinPiece(row, index);
    int from = rowOfGrouped[piece.task().firstRow() + piece.firstRow() + rowOfPiece];
    arithmetic.gather(worker, piece, rowOfPiece, normed, from);
  }

  private void gateUp(ExpertArithmetic arithmetic, int worker, int unit) {
    int index = round.pieceOfGateUpUnit(unit);
    ExpertPiece piece = round.piece(index);
    int unitOfPiece = round.gateUpUnitWithinPiece(unit, index);
    int blocks = piece.blocksOfSlice();
    int first = unitOfPiece % blocks * piece.blockCols();
    int cols = Math.min(piece.blockCols(), piece.sliceWidth() - first);
    arithmetic.gateUp(worker, piece, unitOfPiece / blocks, first, cols);
  }

  /// Frees memory; a second call does nothing.
  void close() {
    rowMajor.close();
    if (tiled != null) {
      tiled.close();
    }
  }
}

package io.fiddler.model.load;

import io.fiddler.model.LoadProgress;
import io.fiddler.tensor.AmxPanels;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import io.fiddler.tensor.ParallelTasks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Fills memory with tensors on the threads of their source, in one pass: rows that have to be
/// rearranged go through a little memory that stays in the core's cache, so that what is slow, the
/// machine's memory, is written once. Each thread is the first to touch what it fills.
final class WeightsFill {
  /// What a thread takes at once: large enough for a disk, small enough that the threads end
  /// together.
  private static final long PIECE_BYTES = 8L << 20;

  /// What a thread fills of each block at once, if it is one of several in a row: a huge page,
  /// which threads that touch it at the same time would each zero for themselves.
  private static final long PART_BYTES = 2L << 20;

  /// What lies in the cache between source and target, beside what the rearranging itself needs; a
  /// thread may share 2 MiB with another one.
  private static final long STAGE_BYTES = 256L << 10;

  private final TensorSource source;
  private final List<Piece> pieces = new ArrayList<>();
  private final AtomicLong doneBytes = new AtomicLong();
  private long stagingBytes = 1;
  private int maxCols = 1;

  /// Where one tensor goes.
  ///
  /// @param tensor the tensor and its cut
  /// @param tiling order of a block's elements
  /// @param blocks memory of each block, in order
  record Target(CutTensor tensor, Tiling tiling, List<MemoryView> blocks) {
    Target {
      blocks = List.copyOf(blocks);
      if (blocks.size() != tensor.numBlocks()) {
        throw new IllegalArgumentException(
            "%s has %d blocks, got memory for %d"
                .formatted(tensor.shape().id(), tensor.numBlocks(), blocks.size()));
      }
    }

    /// Whether rows lie in a block as they do in the tensor.
    boolean isAsStored() {
      return tiling == Tiling.ROW_MAJOR && tensor.blockCols() == tensor.shape().cols();
    }

    /// Rows that are placed together.
    private int unitRows() {
      return tiling == Tiling.AMX_TILES ? AmxPanels.ROWS : 1;
    }
  }

  /// Rows of a tensor, all of the same blocks.
  ///
  /// @param firstRow of the tensor
  /// @param stepRows how many of them are placed at once
  private record Piece(Target target, int firstRow, int numRows, long rowBytes, int stepRows) {
    long sizeBytes() {
      return numRows * rowBytes;
    }
  }

  private WeightsFill(TensorSource source) {
    this.source = source;
  }

  /// Fills all of `targets`.
  ///
  /// @param progress told how many bytes are in place, by the threads
  static void run(TensorSource source, List<Target> targets, LoadProgress progress) {
    WeightsFill fill = new WeightsFill(source);
    targets.forEach(fill::cut);
    fill.run(progress);
  }

  private void cut(Target target) {
    CutTensor tensor = target.tensor;
    ElementType type = source.elementType(tensor.shape());
    for (MemoryView block : target.blocks) {
      if (block.sizeBytes() != tensor.blockSizeBytes(type)) {
        throw new IllegalArgumentException(
            "a block of %s must be %d bytes, got %d"
                .formatted(tensor.shape().id(), tensor.blockSizeBytes(type), block.sizeBytes()));
      }
    }
    long rowBytes = (long) tensor.shape().cols() * type.sizeBytes();
    int blocksOfRow = tensor.shape().cols() / tensor.blockCols();
    int pieceRows = rows(Math.max(PIECE_BYTES, blocksOfRow * PART_BYTES), rowBytes, target);
    int stepRows = pieceRows;
    if (!target.isAsStored()) {
      stepRows = Math.min(pieceRows, rows(STAGE_BYTES, rowBytes, target));
      stagingBytes = Math.max(stagingBytes, stepRows * rowBytes);
      maxCols = Math.max(maxCols, tensor.blockCols());
    }
    for (int block = 0; block < tensor.shape().rows(); block += tensor.blockRows()) {
      for (int row = 0; row < tensor.blockRows(); row += pieceRows) {
        int numRows = Math.min(pieceRows, tensor.blockRows() - row);
        pieces.add(new Piece(target, block + row, numRows, rowBytes, stepRows));
      }
    }
  }

  /// About `bytes` of rows, whole units.
  private static int rows(long bytes, long rowBytes, Target target) {
    long units = Math.max(1, bytes / (rowBytes * target.unitRows()));
    return (int) Math.min(target.tensor.blockRows(), units * target.unitRows());
  }

  private void run(LoadProgress progress) {
    long totalBytes = pieces.stream().mapToLong(Piece::sizeBytes).sum();
    int numWorkers = Math.clamp(source.numThreads(), 1, Math.max(1, pieces.size()));
    try (HostMemory staging = HostMemory.allocate(numWorkers * stagingBytes)) {
      List<RowPlacing> ofWorker = new ArrayList<>();
      for (int worker = 0; worker < numWorkers; worker++) {
        MemoryView stage = staging.view().slice(worker * stagingBytes, stagingBytes);
        ofWorker.add(new RowPlacing(source, stage.segment(MemoryKind.HOST), maxCols));
      }
      ParallelTasks.run(
          numWorkers,
          pieces.size(),
          (worker, index) -> {
            Piece piece = pieces.get(index);
            int end = piece.firstRow + piece.numRows;
            for (int row = piece.firstRow; row < end; row += piece.stepRows) {
              ofWorker.get(worker).fill(piece.target, row, Math.min(piece.stepRows, end - row));
            }
            progress.onProgress(doneBytes.addAndGet(piece.sizeBytes()), totalBytes);
          });
    }
  }
}

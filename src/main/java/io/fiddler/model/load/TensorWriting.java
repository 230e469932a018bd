package io.fiddler.model.load;

import io.fiddler.model.LoadProgress;
import io.fiddler.safetensors.NewCheckpoint;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.ParallelTasks;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// Writes the tensors of a source into a checkpoint on several threads, by way of a little memory
/// that stays in the core's cache. Linux lets one thread at a time write to a file, so neighbours
/// in time are of different files.
final class TensorWriting {
  private static final long PIECE_BYTES = 1L << 20;

  private final TensorSource source;
  private final List<CutTensor> tensors;
  private final NewCheckpoint checkpoint;

  /// @param tensors as the checkpoint was created with
  TensorWriting(TensorSource source, List<CutTensor> tensors, NewCheckpoint checkpoint) {
    this.source = source;
    this.tensors = List.copyOf(tensors);
    this.checkpoint = checkpoint;
  }

  /// Rows of a tensor.
  private record Piece(int tensor, int firstRow, int numRows, long rowBytes) {
    long sizeBytes() {
      return numRows * rowBytes;
    }
  }

  void run(LoadProgress progress) {
    List<Piece> pieces = pieces();
    long totalBytes = pieces.stream().mapToLong(Piece::sizeBytes).sum();
    long stageBytes = pieces.stream().mapToLong(Piece::sizeBytes).max().orElse(1);
    AtomicLong doneBytes = new AtomicLong();
    int numWorkers = Math.clamp(source.numThreads(), 1, Math.max(1, pieces.size()));
    try (HostMemory staging = HostMemory.allocate(numWorkers * stageBytes)) {
      MemorySegment stages = staging.view().segment(MemoryKind.HOST);
      ParallelTasks.run(
          numWorkers,
          pieces.size(),
          (worker, index) -> {
            Piece piece = pieces.get(index);
            write(piece, stages.asSlice(worker * stageBytes, piece.sizeBytes()));
            progress.onProgress(doneBytes.addAndGet(piece.sizeBytes()), totalBytes);
          });
    }
  }

  private void write(Piece piece, MemorySegment stage) {
    source.rows(tensors.get(piece.tensor), piece.firstRow, stage);
    checkpoint.write(piece.tensor, piece.firstRow * piece.rowBytes, stage.asByteBuffer());
  }

  /// One of each file in turn.
  private List<Piece> pieces() {
    Map<Integer, List<Piece>> ofShard = new TreeMap<>();
    for (int tensor = 0; tensor < tensors.size(); tensor++) {
      ofShard
          .computeIfAbsent(checkpoint.shardOf(tensor), _ -> new ArrayList<>())
          .addAll(pieces(tensor));
    }
    List<Piece> inTurn = new ArrayList<>();
    for (int i = 0; !ofShard.isEmpty(); i++) {
      int next = i;
      ofShard.values().removeIf(pieces -> pieces.size() <= next);
      ofShard.values().forEach(pieces -> inTurn.add(pieces.get(next)));
    }
    return inTurn;
  }

  private List<Piece> pieces(int tensor) {
    TensorShape shape = tensors.get(tensor).shape();
    ElementType type = source.elementType(shape);
    long rowBytes = (long) shape.cols() * type.sizeBytes();
    int pieceRows = Math.clamp(PIECE_BYTES / rowBytes, 1, shape.rows());
    List<Piece> pieces = new ArrayList<>();
    for (int row = 0; row < shape.rows(); row += pieceRows) {
      pieces.add(new Piece(tensor, row, Math.min(pieceRows, shape.rows() - row), rowBytes));
    }
    return pieces;
  }
}

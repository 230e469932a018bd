package io.fiddler.safetensors;

import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import io.fiddler.tensor.ParallelTasks;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Reads tensors with several threads, in chunks: large enough for a disk, small enough that the
/// threads end together. Each thread is the first to touch what it fills.
public final class TensorReader {
  private static final long CHUNK_BYTES = 8L << 20;

  private final List<Chunk> chunks = new ArrayList<>();
  private final long totalBytes;
  private final AtomicLong doneBytes = new AtomicLong();
  private final ReadProgress progress;

  private TensorReader(List<? extends TensorRead> reads, ReadProgress progress) {
    this.progress = progress;
    totalBytes = reads.stream().mapToLong(read -> read.tensor().sizeBytes()).sum();
    for (TensorRead read : reads) {
      switch (read) {
        case TensorRead.Rows rows -> cut(rows);
        case TensorRead.Columns columns -> cut(columns);
      }
    }
  }

  /// Reads all of `reads` on up to `numThreads` threads.
  ///
  /// @throws SafetensorsException if a file cannot be read
  public static void readAll(
      List<? extends TensorRead> reads, int numThreads, ReadProgress progress) {
    new TensorReader(reads, progress).run(numThreads);
  }

  /// A part of one read.
  private sealed interface Chunk {
    long sizeBytes();
  }

  private record Bytes(StoredTensor tensor, long offset, MemoryView target) implements Chunk {
    @Override
    public long sizeBytes() {
      return target.sizeBytes();
    }
  }

  private record RowRange(TensorRead.Columns read, int firstRow, int numRows) implements Chunk {
    @Override
    public long sizeBytes() {
      return numRows * read.rowSizeBytes();
    }
  }

  private void cut(TensorRead.Rows read) {
    long blockStart = 0;
    for (MemoryView block : read.blocks()) {
      for (long at = 0; at < block.sizeBytes(); at += CHUNK_BYTES) {
        long size = Math.min(CHUNK_BYTES, block.sizeBytes() - at);
        chunks.add(new Bytes(read.tensor(), blockStart + at, block.slice(at, size)));
      }
      blockStart += block.sizeBytes();
    }
  }

  private void cut(TensorRead.Columns read) {
    if (read.tensor().sizeBytes() == 0) {
      return;
    }
    int rowsPerChunk = (int) Math.max(1, CHUNK_BYTES / read.rowSizeBytes());
    for (int row = 0; row < read.numRows(); row += rowsPerChunk) {
      chunks.add(new RowRange(read, row, Math.min(rowsPerChunk, read.numRows() - row)));
    }
  }

  private void run(int numThreads) {
    // Strided writes go through memory that stays in the cache: the file is read once, in order.
    long stagingBytes =
        chunks.stream()
            .filter(RowRange.class::isInstance)
            .mapToLong(Chunk::sizeBytes)
            .max()
            .orElse(1);
    int numWorkers = Math.clamp(numThreads, 1, Math.max(1, chunks.size()));
    try (HostMemory staging = HostMemory.allocate(numWorkers * stagingBytes)) {
      ParallelTasks.run(
          numWorkers,
          chunks.size(),
          (worker, index) -> {
            Chunk chunk = chunks.get(index);
            switch (chunk) {
              case Bytes bytes -> read(bytes);
              case RowRange rows ->
                  scatter(rows, staging.view().slice(worker * stagingBytes, rows.sizeBytes()));
            }
            progress.onProgress(doneBytes.addAndGet(chunk.sizeBytes()), totalBytes);
          });
    }
  }

  private static void read(Bytes chunk) {
    chunk.tensor.read(chunk.offset, buffer(chunk.target));
  }

  private static void scatter(RowRange chunk, MemoryView staging) {
    TensorRead.Columns read = chunk.read;
    long rowBytes = read.rowSizeBytes();
    read.tensor().read(chunk.firstRow * rowBytes, buffer(staging));
    MemorySegment source = staging.segment(MemoryKind.HOST);
    long width = rowBytes / read.blocks().size();
    for (int b = 0; b < read.blocks().size(); b++) {
      MemorySegment target = read.blocks().get(b).segment(MemoryKind.HOST);
      for (int row = 0; row < chunk.numRows; row++) {
        long to = (chunk.firstRow + row) * width;
        MemorySegment.copy(source, row * rowBytes + b * width, target, to, width);
      }
    }
  }

  private static ByteBuffer buffer(MemoryView view) {
    return view.segment(MemoryKind.HOST).asByteBuffer();
  }
}

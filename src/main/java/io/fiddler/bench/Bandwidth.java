package io.fiddler.bench;

import io.fiddler.kernel.cpu.MemoryProbe;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;

/// The read bandwidth of the host's memory, measured beside every benchmark.
final class Bandwidth {
  /// Several times the last-level cache of most machines.
  private static final long BYTES = 2L << 30;

  private static final int REPEATS = 5;

  private Bandwidth() {}

  /// The best of a few passes over fresh memory, with `threads` threads.
  static double readBytesPerSecond(int threads) {
    try (WorkerPool workers = new WorkerPool(threads);
        HostMemory memory = HostMemory.allocate(BYTES)) {
      MemorySegment bytes = memory.view().segment(MemoryKind.HOST);
      // Untouched pages all map to one page of zeros, which the cache would serve.
      bytes.fill((byte) 1);
      double best = 0;
      for (int i = 0; i < REPEATS; i++) {
        best = Math.max(best, MemoryProbe.readBytesPerSecond(workers, bytes));
      }
      return best;
    }
  }
}

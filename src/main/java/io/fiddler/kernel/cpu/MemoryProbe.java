package io.fiddler.kernel.cpu;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;

/// How fast the workers can read memory at all. A kernel's bandwidth is told as a share of this,
/// measured in the same run: machines of one kind differ by a quarter.
public final class MemoryProbe {
  private static final long UNIT_BYTES = 1L << 20;

  private MemoryProbe() {}

  /// Reads `memory` once with all workers of `pool` and returns the bytes a second. For the memory
  /// and not the caches to count, it should be several times larger than the last-level cache or
  /// not have been touched lately; the first call in a process is slower because the JIT has not
  /// compiled the loop.
  ///
  /// @param memory at least 1 MiB; a rest beyond whole MiB is left out
  /// @throws IllegalArgumentException if it is smaller
  public static double readBytesPerSecond(WorkerPool pool, MemorySegment memory) {
    int units = Math.toIntExact(memory.byteSize() / UNIT_BYTES);
    if (units < 1) {
      throw new IllegalArgumentException(
          "memory to read must be at least %d bytes, got %d"
              .formatted(UNIT_BYTES, memory.byteSize()));
    }
    CpuKernels kernels = KernelProvider.fastest().kernels();
    LongAdder checksum = new LongAdder();
    long start = System.nanoTime();
    pool.run(
        units, (worker, unit) -> checksum.add(kernels.read(memory, unit * UNIT_BYTES, UNIT_BYTES)));
    long nanos = Math.max(1, System.nanoTime() - start);
    consume(checksum.sum());
    return units * UNIT_BYTES * 1e9 / nanos;
  }

  /// Uses the checksum in a way that the JIT cannot see through.
  private static void consume(long checksum) {
    if (checksum == Long.hashCode(checksum) * 31L + System.nanoTime()) {
      throw new AssertionError("the clock equals a checksum");
    }
  }
}

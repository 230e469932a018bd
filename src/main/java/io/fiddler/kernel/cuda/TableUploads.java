package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.PinnedMemory;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;

/// Sends tables to the device through pinned memory, by a kernel instead of the copy engine, which
/// has weights to stream. Write a table into {@link #memory} at the offset {@link #take} gives,
/// then {@link #send} it.
final class TableUploads implements AutoCloseable {
  private static final int PIECE = 16;

  /// Room for the tables of some layers, so that the ring is rarely full.
  private static final long MIN_RING_BYTES = 1L << 20;

  private final KernelQueue queue;
  private final CudaFunction fetch;
  private final PinnedMemory pinned;
  private final MemorySegment memory;
  private final UploadRing ring;

  TableUploads(CudaDevice device, KernelQueue queue, ScratchLayout layout) {
    this.queue = queue;
    this.fetch = device.kernels().function("fetch", "fetch");
    long sizeBytes = MIN_RING_BYTES;
    for (Region table :
        new Region[] {
          Region.STEP_TABLE, Region.EXPERT_TABLE, Region.COMBINE_TABLE, Region.HEAD_TABLE
        }) {
      sizeBytes = Math.max(sizeBytes, 4 * layout.sizeBytes(table));
    }
    this.pinned = device.pinned(sizeBytes, "tables for kernels");
    this.memory = pinned.host().segment(MemoryKind.HOST);
    this.ring = new UploadRing(sizeBytes, queue.lane()::synchronize);
  }

  /// The pinned memory.
  MemorySegment memory() {
    return memory;
  }

  /// Room for a table, as an offset into {@link #memory}.
  long take(long tableBytes) {
    return ring.take(tableBytes);
  }

  /// Queues bringing a table from offset `at` to a region that has room for it.
  void send(long at, long tableBytes, long to) {
    int pieces = Math.toIntExact(Math.ceilDiv(tableBytes, (long) PIECE));
    queue.arguments().address(pinned.deviceAddress() + at).i32(pieces).address(to);
    queue.launch(fetch, queue.striding(Math.ceilDiv(pieces, KernelQueue.BLOCK)));
  }

  /// Writes ints at offset `at`; the offset behind them.
  long write(long at, int[] values, int count) {
    MemorySegment.copy(values, 0, memory, JAVA_INT, at, count);
    return at + (long) count * Integer.BYTES;
  }

  /// The device has done everything sent so far.
  void consumed() {
    ring.consumed();
  }

  @Override
  public void close() {
    pinned.close();
  }
}

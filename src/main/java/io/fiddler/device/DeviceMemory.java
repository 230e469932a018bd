package io.fiddler.device;

import com.google.errorprone.annotations.CheckReturnValue;
import io.fiddler.tensor.MemoryView;

/// The memory of a device, within its budget. Used from one thread.
public interface DeviceMemory {
  /// Every allocation begins at a multiple of this many bytes, what kernels and copy engines like.
  int ALIGNMENT_BYTES = 256;

  /// Allocates zeroed memory, aligned to {@link #ALIGNMENT_BYTES} at least.
  ///
  /// @param sizeBytes at least one
  /// @param purpose what it is for, named in the exception
  /// @throws DeviceMemoryException if the budget does not hold it
  @CheckReturnValue
  Allocation allocate(long sizeBytes, String purpose);

  /// Bytes handed out and not freed.
  long usedBytes();

  /// Bytes that may be handed out in all; `Long.MAX_VALUE` where only the host's memory limits.
  long budgetBytes();

  /// Allocations handed out and not freed; 0 once every owner has closed what it allocated.
  int liveAllocations();

  /// `sizeBytes` rounded up to {@link #ALIGNMENT_BYTES}: the distance between equal parts of one
  /// allocation that shall all be aligned.
  static long aligned(long sizeBytes) {
    return Math.ceilDiv(sizeBytes, (long) ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }

  /// Memory of the device with one owner.
  interface Allocation extends AutoCloseable {
    /// The bytes.
    MemoryView view();

    /// Gives them back, once the work submitted to the device so far is done with them; a second
    /// call does nothing.
    @Override
    void close();
  }
}

package io.fiddler.device;

import com.google.errorprone.annotations.CheckReturnValue;
import io.fiddler.tensor.MemoryView;

/// The memory of a device, within its budget. Used from one thread.
public interface DeviceMemory {
  /// Allocates zeroed memory, aligned to 256 bytes at least.
  ///
  /// @throws DeviceMemoryException if the budget does not hold it
  @CheckReturnValue
  Allocation allocate(long sizeBytes, String purpose);

  /// Bytes handed out and not freed.
  long usedBytes();

  /// Bytes that may be handed out in all; `Long.MAX_VALUE` where only the host's memory limits.
  long budgetBytes();

  /// Memory of the device with one owner.
  interface Allocation extends AutoCloseable {
    /// The bytes.
    MemoryView view();

    /// Gives them back; a second call does nothing.
    @Override
    void close();
  }
}

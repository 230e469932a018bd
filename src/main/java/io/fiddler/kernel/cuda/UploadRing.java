package io.fiddler.kernel.cuda;

/// Deals out room in pinned memory for tables on their way to the device, and never deals out room
/// again whose last table the device may still be reading. That is known for nothing whenever the
/// host has seen a result of the lane that reads them; where no result came in between, the ring is
/// drained once it is full.
final class UploadRing {
  private static final int ALIGNMENT = 256;

  private final long sizeBytes;
  private final Runnable drain;
  private long next;

  /// @param sizeBytes of the memory
  /// @param drain waits until the device has read everything sent so far
  UploadRing(long sizeBytes, Runnable drain) {
    this.sizeBytes = sizeBytes;
    this.drain = drain;
  }

  /// Room for a table, at the offset returned.
  ///
  /// @throws IllegalArgumentException if the memory is smaller than the table
  long take(long tableBytes) {
    if (tableBytes > sizeBytes) {
      throw new IllegalArgumentException(
          "a table must fit the ring of %d bytes, got %d".formatted(sizeBytes, tableBytes));
    }
    if (next + tableBytes > sizeBytes) {
      drain.run();
      next = 0;
    }
    long at = next;
    next = Math.ceilDiv(at + tableBytes, (long) ALIGNMENT) * ALIGNMENT;
    return at;
  }

  /// Everything taken so far has been read.
  void consumed() {
    next = 0;
  }
}

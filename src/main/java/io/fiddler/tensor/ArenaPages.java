package io.fiddler.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Pages from the Java runtime: right everywhere, but one thread zeroes them, at about 2 GB/s.
///
/// @param reason why nothing better is used
record ArenaPages(String reason) implements PageAllocator {
  @Override
  public MemorySegment allocate(long sizeBytes, Arena arena) {
    try {
      return arena.allocate(sizeBytes, ALIGNMENT_BYTES);
    } catch (OutOfMemoryError e) {
      throw new HostMemoryException(
          "cannot allocate %s of host memory".formatted(ByteSize.describe(sizeBytes)), e);
    }
  }

  @Override
  public String description() {
    return "memory of the Java runtime, zeroed by one thread, because " + reason;
  }
}

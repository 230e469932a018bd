package io.fiddler.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A way to get zeroed pages.
interface PageAllocator {
  /// Alignment of every allocation: a huge page.
  long ALIGNMENT_BYTES = 2L << 20;

  /// At least `sizeBytes` of memory, given back when `arena` closes.
  MemorySegment allocate(long sizeBytes, Arena arena);

  /// One line for people.
  String description();

  /// Mapped pages where the system has them, else what the Java runtime offers.
  static PageAllocator choose() {
    try {
      return new MappedPages();
    } catch (UnsupportedOperationException | IllegalCallerException e) {
      return new ArenaPages(String.valueOf(e.getMessage()));
    }
  }
}

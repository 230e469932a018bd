package io.fiddler.device;

import io.fiddler.tensor.MemoryView;

/// The lane of the copy engine.
public interface CopyLane extends Lane {
  /// Queues a copy of all bytes of `source` to `target`, which has as many. Both stay untouched by
  /// others until the copy is done. A copy that fails later is reported by the next {@link
  /// #record() event}; the lane goes on.
  ///
  /// @throws IllegalArgumentException if the sizes differ
  void copy(MemoryView source, MemoryView target);

  /// The check that every copy begins with.
  static void requireSameSize(MemoryView source, MemoryView target) {
    if (source.sizeBytes() != target.sizeBytes()) {
      throw new IllegalArgumentException(
          "a copy needs a target as long as its source, got source %s and target %s"
              .formatted(source, target));
    }
  }
}

package io.fiddler.device;

import io.fiddler.tensor.MemoryView;

/// The lane of the copy engine.
public interface CopyLane extends Lane {
  /// Queues a copy; one that fails later is reported by the next {@link #record() event}, and the
  /// lane goes on.
  @Override
  void copy(MemoryView source, MemoryView target);

  /// See {@link Lane#requireSameSize}.
  static void requireSameSize(MemoryView source, MemoryView target) {
    Lane.requireSameSize(source, target);
  }
}

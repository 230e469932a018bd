package io.fiddler.device;

import io.fiddler.tensor.MemoryView;

/// The lane of the copy engine.
public interface CopyLane extends Lane {
  /// Queues a copy of all bytes of `source` to `target`, which has as many. Both stay untouched by
  /// others until the copy is done.
  void copy(MemoryView source, MemoryView target);
}

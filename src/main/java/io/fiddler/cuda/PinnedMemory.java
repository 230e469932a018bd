package io.fiddler.cuda;

import io.fiddler.tensor.MemoryView;

/// Page-locked host memory that kernels can read and write, too. Its owner closes it.
public final class PinnedMemory implements AutoCloseable {
  PinnedMemory() {}

  /// The bytes, for the host.
  public MemoryView host() {
    throw new UnsupportedOperationException();
  }

  /// Where kernels find them.
  public long deviceAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}

package io.fiddler.cuda;

import io.fiddler.device.Event;
import io.fiddler.device.Lane;

/// A stream of a GPU. Work is submitted from one thread at a time.
public sealed class CudaLane implements Lane permits CudaCopyLane {
  CudaLane() {}

  @Override
  public CudaEvent record() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void waitFor(Event event) {
    throw new UnsupportedOperationException();
  }

  /// Queues a copy of `sizeBytes` from one address to another, each of the device or of page-locked
  /// host memory.
  public void copyAsync(long from, long to, long sizeBytes) {
    throw new UnsupportedOperationException();
  }

  /// Queues setting `sizeBytes` from `address` on to `value`.
  public void memset(long address, byte value, long sizeBytes) {
    throw new UnsupportedOperationException();
  }

  /// Blocks until everything submitted is done.
  ///
  /// @throws CudaException if any of it failed
  public void synchronize() {
    throw new UnsupportedOperationException();
  }
}

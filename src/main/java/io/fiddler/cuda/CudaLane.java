package io.fiddler.cuda;

import io.fiddler.device.Event;
import io.fiddler.device.Lane;
import io.fiddler.tensor.MemoryView;

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

  /// The driver knows which memory is of which kind.
  @Override
  public void copy(MemoryView source, MemoryView target) {
    Lane.requireSameSize(source, target);
    copyAsync(
        source.segment(source.kind()).address(),
        target.segment(target.kind()).address(),
        source.sizeBytes());
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

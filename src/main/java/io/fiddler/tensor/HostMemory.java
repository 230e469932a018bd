package io.fiddler.tensor;

/// Host memory for weights and activations: mapped with huge pages advised, not zeroed by one
/// thread. Whoever allocates closes; views of closed memory throw.
public final class HostMemory implements AutoCloseable {
  /// Maps `sizeBytes` of zeroed memory, aligned to 2 MiB.
  public static HostMemory allocate(long sizeBytes) {
    throw new UnsupportedOperationException("not written yet");
  }

  /// All of it.
  public MemoryView view() {
    throw new UnsupportedOperationException("not written yet");
  }

  /// Unmaps the memory; a second call does nothing.
  @Override
  public void close() {}
}

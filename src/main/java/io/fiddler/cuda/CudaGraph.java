package io.fiddler.cuda;

/// Work captured once and launched many times. Its owner closes it.
public final class CudaGraph implements AutoCloseable {
  private CudaGraph() {}

  /// Captures what `work` submits to `lane`; nothing of it runs.
  public static CudaGraph capture(CudaLane lane, Runnable work) {
    throw new UnsupportedOperationException();
  }

  /// Queues all of it.
  public void launch(CudaLane lane) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}

package io.fiddler.kernel;

/// Work that is begun by finishing it.
final class Deferred implements ExpertSegment.Started {
  private final Runnable work;
  private long startNanos;
  private long endNanos;

  Deferred(Runnable work) {
    this.work = work;
  }

  @Override
  public void finish() {
    startNanos = System.nanoTime();
    try {
      work.run();
    } finally {
      endNanos = System.nanoTime();
    }
  }

  @Override
  public long startNanos() {
    return startNanos;
  }

  @Override
  public long endNanos() {
    return endNanos;
  }
}

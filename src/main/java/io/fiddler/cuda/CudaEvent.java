package io.fiddler.cuda;

import io.fiddler.device.Event;

/// A point in a lane's work on a GPU.
public final class CudaEvent implements Event {
  @Override
  public boolean isDone() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void await() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long doneNanos() {
    throw new UnsupportedOperationException();
  }
}

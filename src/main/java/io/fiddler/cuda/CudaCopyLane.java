package io.fiddler.cuda;

import io.fiddler.device.CopyLane;
import io.fiddler.tensor.MemoryView;

/// The stream of the copy engine.
public final class CudaCopyLane extends CudaLane implements CopyLane {
  CudaCopyLane() {}

  @Override
  public void copy(MemoryView source, MemoryView target) {
    throw new UnsupportedOperationException();
  }
}

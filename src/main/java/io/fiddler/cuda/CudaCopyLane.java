package io.fiddler.cuda;

import io.fiddler.device.CopyLane;

/// The stream of the copy engine.
public final class CudaCopyLane extends CudaLane implements CopyLane {
  CudaCopyLane(CudaContext context, EventClock clock, OpenResources resources) {
    super("copy", context, clock, resources);
  }
}

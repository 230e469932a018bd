package io.fiddler.cuda;

/// The lanes of a device, and what else was opened beside them.
///
/// @param reader what brings page-locked memory on the compute lane
record CudaLanes(
    CudaContext context,
    OpenResources resources,
    CudaLane compute,
    CudaCopyLane copy,
    PinnedReader reader) {
  /// Blocks until everything submitted is done or has failed: before memory is freed.
  void drain() {
    compute.drain();
    copy.drain();
  }
}

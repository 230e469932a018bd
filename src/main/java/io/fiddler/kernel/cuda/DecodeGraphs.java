package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaGraph;
import io.fiddler.cuda.CudaLane;
import io.fiddler.kernel.AttentionBlock;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// The graphs of decode steps, one for each layer and bucket. A graph takes one launch where its
/// kernels would take ten, each of which costs the host more than the device (7-10 us through
/// JCuda, `measurements.md`). Owns them.
///
/// A layer and bucket is launched plainly the first time and captured the second: what the driver
/// and cuBLAS load when a kernel is first used is loaded by then, not while a graph is captured.
final class DecodeGraphs implements AutoCloseable {
  private final CudaLane lane;
  private final IdentityHashMap<AttentionBlock, @Nullable Known[]> layers = new IdentityHashMap<>();

  DecodeGraphs(CudaLane lane) {
    this.lane = lane;
  }

  /// What was launched before, and its graph once there is one.
  private record Known(LayerCall call, @Nullable CudaGraph graph) {}

  /// Queues what `submit` would for this layer and bucket.
  void launch(LayerCall call, int bucket, Runnable submit) {
    @Nullable Known[] buckets =
        layers.computeIfAbsent(call.attention(), _ -> new @Nullable Known[BatchBuckets.COUNT]);
    int index = BatchBuckets.index(bucket);
    Known known = buckets[index];
    if (known == null || !known.call().equals(call)) {
      if (known != null && known.graph() != null) {
        known.graph().close();
      }
      buckets[index] = new Known(call, null);
      submit.run();
      return;
    }
    CudaGraph graph = known.graph();
    if (graph == null) {
      graph = CudaGraph.capture(lane, submit);
      buckets[index] = new Known(call, graph);
    }
    graph.launch(lane);
  }

  /// Number of graphs.
  int size() {
    int size = 0;
    for (@Nullable Known[] buckets : layers.values()) {
      for (Known known : buckets) {
        size += known == null || known.graph() == null ? 0 : 1;
      }
    }
    return size;
  }

  @Override
  public void close() {
    for (@Nullable Known[] buckets : layers.values()) {
      for (Known known : buckets) {
        if (known != null && known.graph() != null) {
          known.graph().close();
        }
      }
    }
    layers.clear();
  }
}

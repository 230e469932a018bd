package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaGraph;
import io.fiddler.cuda.CudaLane;
import io.fiddler.kernel.AttentionBlock;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The graphs of decode steps, one for each layer and bucket, captured when first needed. A graph
/// takes one launch where its kernels would take ten, each of which costs the host more than the
/// device (7-10 us through JCuda, `measurements.md`). Owns them.
final class DecodeGraphs implements AutoCloseable {
  private final CudaLane lane;
  private final Map<AttentionBlock, @Nullable Captured[]> layers = new IdentityHashMap<>();

  DecodeGraphs(CudaLane lane) {
    this.lane = lane;
  }

  private record Captured(LayerCall call, CudaGraph graph) {}

  /// Queues what `submit` would for this layer and bucket.
  void launch(LayerCall call, int bucket, Runnable submit) {
    @Nullable Captured[] graphs =
        layers.computeIfAbsent(call.attention(), _ -> new @Nullable Captured[BatchBuckets.COUNT]);
    int index = BatchBuckets.index(bucket);
    Captured captured = graphs[index];
    if (captured != null && !captured.call().isSameAs(call)) {
      // The lane may still have it under way.
      lane.synchronize();
      captured.graph().close();
      captured = null;
      graphs[index] = null;
    }
    if (captured == null) {
      captured = new Captured(call, CudaGraph.capture(lane, submit));
      graphs[index] = captured;
    }
    captured.graph().launch(lane);
  }

  /// Number of graphs.
  int size() {
    int size = 0;
    for (@Nullable Captured[] graphs : layers.values()) {
      for (Captured captured : graphs) {
        size += captured == null ? 0 : 1;
      }
    }
    return size;
  }

  @Override
  public void close() {
    for (@Nullable Captured[] graphs : layers.values()) {
      for (Captured captured : graphs) {
        if (captured != null) {
          captured.graph().close();
        }
      }
    }
    layers.clear();
  }
}

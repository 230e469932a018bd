package io.fiddler.kernel.cuda;

import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.RouterBlock;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.tensor.Matrix;

/// What attention and router of one layer work on. A graph serves calls that are equal: of the same
/// weights and cache, with rows at the same places.
///
/// @param attention the attention's weights
/// @param router the router's weights
/// @param cache the layer's keys and values
/// @param rope inverse frequencies, on the device
/// @param x `[rows, hiddenSize]` on the device
/// @param normed `[rows, hiddenSize]` on the device
/// @param mirror where `normed` is published, in pinned memory as the device sees it
record LayerCall(
    AttentionBlock attention,
    RouterBlock router,
    KvLayer cache,
    long rope,
    long x,
    long normed,
    long mirror) {

  /// Refuses a step whose block tables lead out of the cache.
  ///
  /// @param largestBlock in any of them
  void requireHolds(int largestBlock) {
    int blocks = Math.min(cache.keys().rows(), cache.values().rows()) / cache.blockTokens();
    if (largestBlock >= blocks) {
      throw new IllegalArgumentException(
          "a block must be in [0, %d), got %d".formatted(blocks, largestBlock));
    }
  }

  /// Refuses what the scratch was not made for, or a result that has no room.
  void requireFits(Shape shape, Routing routing, Matrix hostNormed, int rows) {
    Heads heads = attention.heads();
    Matrix keys = cache.keys();
    if (!shape.layers().contains(heads)
        || router.topK() > shape.experts().topK()
        || keys.type() != shape.cache().type()
        || cache.blockTokens() != shape.cache().blockTokens()) {
      throw new IllegalArgumentException(
          "a layer must be one of those the scratch was made for, got %s, top %d, %d cache rows of %s"
              .formatted(heads, router.topK(), keys.rows(), keys.type()));
    }
    if (routing.topK() != router.topK()
        || routing.selectedExperts().length < rows * routing.topK()) {
      throw new IllegalArgumentException(
          "routing must hold %d rows of %d experts, got %d choices of %d"
              .formatted(rows, router.topK(), routing.selectedExperts().length, routing.topK()));
    }
    if (hostNormed.sizeBytes() < (long) rows * shape.hiddenSize() * Float.BYTES) {
      throw new IllegalArgumentException(
          "hostNormed must hold %d rows of %d, got %d bytes"
              .formatted(rows, shape.hiddenSize(), hostNormed.sizeBytes()));
    }
  }
}

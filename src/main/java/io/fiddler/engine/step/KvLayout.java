package io.fiddler.engine.step;

import io.fiddler.device.DeviceMemory;
import io.fiddler.device.ExpertFrames;
import io.fiddler.engine.CacheRoom;
import io.fiddler.kvcache.BlockRange;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.LayerConfig;
import io.fiddler.model.ModelConfig;
import io.fiddler.tensor.ElementType;

/// Where the blocks of an open cache lie: block after block, each with the keys and values of all
/// layers, and frames for experts behind the last. A *plane* is the keys or the values of one layer
/// in one block.
///
/// Kernels know only rows of a layer, so a layer's keys and values begin in the first block, and
/// the id of a block says how many planes lie before it. They find a block wherever it lies, if it
/// begins at a multiple of a plane; so any frame can be lent to the cache. Pure.
///
/// @param blocks those that are there for good
/// @param planes of a block, twice the number of layers
/// @param planeBytes bytes of one
public record KvLayout(int blocks, int planes, long planeBytes) {
  /// Whether the layers of a model are so alike that they allow this.
  public static boolean suits(ModelConfig config) {
    return config.layers().stream().mapToInt(KvLayout::width).distinct().count() == 1;
  }

  /// The layout of `blocks` blocks.
  ///
  /// @throws IllegalArgumentException if the model's layers are not alike
  public static KvLayout of(ModelConfig config, int blocks, ElementType type) {
    if (!suits(config)) {
      throw new IllegalArgumentException(
          "an open cache needs keys and values of one width in all layers");
    }
    int width = width(config.layers().getFirst());
    long planeBytes = (long) CacheRoom.BLOCK_TOKENS * width * type.sizeBytes();
    return new KvLayout(blocks, 2 * config.numLayers(), planeBytes);
  }

  /// Elements of a row of a layer's keys.
  static int width(LayerConfig layer) {
    return switch (layer.attention()) {
      case GroupedQueryAttention attention -> attention.numKvHeads() * attention.headDim();
    };
  }

  /// Bytes of a block.
  public long blockBytes() {
    return planes * planeBytes;
  }

  /// Where the first frame begins, in bytes from the first block.
  public long framesOffset() {
    return DeviceMemory.aligned(blocks * blockBytes());
  }

  /// The blocks that are there for good.
  public BlockRange base() {
    return new BlockRange(0, planes, blocks);
  }

  /// The blocks that a frame has room for; none where an expert is smaller than a block.
  ///
  /// @param expertBytes of an expert
  public BlockRange inFrame(int frame, long expertBytes) {
    long begin = framesOffset() + frame * ExpertFrames.frameBytes(expertBytes);
    long first = Math.ceilDiv(begin, planeBytes);
    long whole = (begin + expertBytes) / planeBytes - first;
    return new BlockRange(
        Math.toIntExact(first), planes, Math.toIntExact(Math.max(0, whole / planes)));
  }

  /// The fewest blocks that one of so many frames has room for.
  public int leastInFrame(int frames, long expertBytes) {
    int least = frames == 0 ? 0 : Integer.MAX_VALUE;
    for (int frame = 0; frame < frames; frame++) {
      least = Math.min(least, inFrame(frame, expertBytes).count());
    }
    return least;
  }
}

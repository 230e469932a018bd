package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory.Allocation;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.Lane;
import io.fiddler.engine.CacheRoom;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kvcache.BlockCopy;
import io.fiddler.kvcache.BlockRange;
import io.fiddler.model.LayerConfig;
import io.fiddler.model.ModelConfig;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// The memory of the key/value cache on the device. Owns it.
///
/// It lies in one of two ways. *Fixed*: layer after layer, of each the keys of all blocks, then the
/// values; the id of a block is its number. *Open*: as a {@link KvLayout} says, with room for
/// experts behind it that may become blocks, too.
public final class KvStorage implements AutoCloseable {
  private final Allocation allocation;
  private final List<KvLayer> layers;
  private final BlockRange blocks;
  private final MemoryView behind;
  private final IntFunction<BlockRange> blocksOfFrame;
  private final List<Strip> strips;
  private final Lane lane;

  /// What lies together of each block.
  ///
  /// @param offset of block 0's
  /// @param stride from the one of a block to that of the block with the next number
  /// @param sizeBytes of one
  private record Strip(long offset, long stride, long sizeBytes) {
    MemoryView of(int block, MemoryView cache) {
      return cache.slice(offset + block * stride, sizeBytes);
    }
  }

  private KvStorage(
      Allocation allocation,
      Lane lane,
      List<KvLayer> layers,
      List<Strip> strips,
      BlockRange blocks,
      MemoryView behind,
      IntFunction<BlockRange> blocksOfFrame) {
    this.allocation = allocation;
    this.lane = lane;
    this.layers = List.copyOf(layers);
    this.strips = List.copyOf(strips);
    this.blocks = blocks;
    this.behind = behind;
    this.blocksOfFrame = blocksOfFrame;
  }

  /// Allocates a fixed cache of `blocks` blocks of elements of type `type` for every layer.
  public static KvStorage allocate(
      ModelConfig config, int blocks, ElementType type, Device device) {
    int rows = blocks * CacheRoom.BLOCK_TOKENS;
    Allocation allocation =
        device
            .memory()
            .allocate(
                bytesPerToken(config, type) * rows,
                "the key/value cache of %d tokens".formatted(rows));
    List<KvLayer> layers = new ArrayList<>();
    List<Strip> strips = new ArrayList<>();
    long offset = 0;
    for (LayerConfig layer : config.layers()) {
      int width = KvLayout.width(layer);
      Matrix keys = matrix(allocation, offset, type, rows, width);
      Matrix values = matrix(allocation, offset + keys.sizeBytes(), type, rows, width);
      layers.add(new KvLayer(keys, values, CacheRoom.BLOCK_TOKENS));
      long plane = CacheRoom.BLOCK_TOKENS * keys.rowSizeBytes();
      strips.add(new Strip(offset, plane, plane));
      strips.add(new Strip(offset + keys.sizeBytes(), plane, plane));
      offset += 2 * keys.sizeBytes();
    }
    MemoryView behind = allocation.view().slice(offset, 0);
    return new KvStorage(
        allocation,
        device.compute(),
        layers,
        strips,
        new BlockRange(0, 1, blocks),
        behind,
        frame -> {
          throw new IllegalStateException("a fixed cache has no blocks in frame " + frame);
        });
  }

  /// Allocates an open cache with room for frames behind it.
  ///
  /// @param layout of the cache of `config` with elements of type `type`
  /// @param frames how many
  /// @param expertBytes of an expert
  public static KvStorage allocate(
      ModelConfig config,
      KvLayout layout,
      ElementType type,
      Device device,
      int frames,
      long expertBytes) {
    long behindBytes = ExpertFrames.sizeBytes(frames, expertBytes);
    int width = KvLayout.width(config.layers().getFirst());
    Allocation allocation =
        device
            .memory()
            .allocate(
                layout.framesOffset() + behindBytes,
                "the key/value cache of %d tokens and experts"
                    .formatted(layout.blocks() * CacheRoom.BLOCK_TOKENS));
    // So many that the last plane's matrix ends within the memory. No block is cut off by that: the
    // first plane of the last one begins as far before its end.
    long bytes = layout.framesOffset() + behindBytes - (layout.planes() - 1) * layout.planeBytes();
    int rows = Math.toIntExact(bytes / ((long) width * type.sizeBytes()));
    List<KvLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.numLayers(); layer++) {
      Matrix keys = matrix(allocation, 2L * layer * layout.planeBytes(), type, rows, width);
      Matrix values = matrix(allocation, (2L * layer + 1) * layout.planeBytes(), type, rows, width);
      layers.add(new KvLayer(keys, values, CacheRoom.BLOCK_TOKENS));
    }
    MemoryView behind = allocation.view().slice(layout.framesOffset(), behindBytes);
    return new KvStorage(
        allocation,
        device.compute(),
        layers,
        List.of(new Strip(0, layout.planeBytes(), layout.blockBytes())),
        layout.base(),
        behind,
        frame -> layout.inFrame(frame, expertBytes));
  }

  private static Matrix matrix(
      Allocation allocation, long offset, ElementType type, int rows, int width) {
    long bytes = (long) rows * width * type.sizeBytes();
    return new Matrix(allocation.view().slice(offset, bytes), type, rows, width);
  }

  /// Bytes one position takes over all layers.
  public static long bytesPerToken(ModelConfig config, ElementType type) {
    return config.layers().stream()
        .mapToLong(layer -> 2L * KvLayout.width(layer) * type.sizeBytes())
        .sum();
  }

  /// The blocks that are there for good.
  public BlockRange blocks() {
    return blocks;
  }

  /// The memory of the frames of an open cache; nothing behind a fixed one.
  public MemoryView frames() {
    return behind;
  }

  /// The blocks that a frame of an open cache has room for.
  ///
  /// @throws IllegalStateException if the cache is fixed
  public BlockRange blocksOfFrame(int frame) {
    return blocksOfFrame.apply(frame);
  }

  /// Queues copies of blocks on the compute lane: what is computed from now on finds them done.
  void copy(List<BlockCopy> copies) {
    for (BlockCopy copy : copies) {
      for (Strip strip : strips) {
        lane.copy(strip.of(copy.from(), allocation.view()), strip.of(copy.to(), allocation.view()));
      }
    }
  }

  KvLayer layer(int index) {
    return layers.get(index);
  }

  @Override
  public void close() {
    allocation.close();
  }
}

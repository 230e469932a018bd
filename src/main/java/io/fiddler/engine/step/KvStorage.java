package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory.Allocation;
import io.fiddler.kernel.KvLayer;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.ModelConfig;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/// The memory of the key/value cache on the device: for each layer, keys and values of all blocks.
/// Owns it.
public final class KvStorage implements AutoCloseable {
  /// Positions a block; vLLM's default, a compromise of waste and bookkeeping.
  public static final int BLOCK_TOKENS = 16;

  private final Allocation allocation;
  private final List<KvLayer> layers;

  private KvStorage(Allocation allocation, List<KvLayer> layers) {
    this.allocation = allocation;
    this.layers = List.copyOf(layers);
  }

  /// Allocates `blocks` blocks of elements of type `type` for every layer.
  public static KvStorage allocate(
      ModelConfig config, int blocks, ElementType type, Device device) {
    int rows = blocks * BLOCK_TOKENS;
    Allocation allocation =
        device
            .memory()
            .allocate(
                bytesPerToken(config, type) * rows,
                "the key/value cache of %d tokens".formatted(rows));
    List<KvLayer> layers = new ArrayList<>();
    long offset = 0;
    for (int layer = 0; layer < config.numLayers(); layer++) {
      int width = width(config, layer);
      long bytes = (long) rows * width * type.sizeBytes();
      Matrix keys = new Matrix(allocation.view().slice(offset, bytes), type, rows, width);
      Matrix values = new Matrix(allocation.view().slice(offset + bytes, bytes), type, rows, width);
      layers.add(new KvLayer(keys, values, BLOCK_TOKENS));
      offset += 2 * bytes;
    }
    return new KvStorage(allocation, layers);
  }

  /// Bytes one position takes over all layers.
  public static long bytesPerToken(ModelConfig config, ElementType type) {
    long bytes = 0;
    for (int layer = 0; layer < config.numLayers(); layer++) {
      bytes += 2L * width(config, layer) * type.sizeBytes();
    }
    return bytes;
  }

  private static int width(ModelConfig config, int layer) {
    return switch (config.layers().get(layer).attention()) {
      case GroupedQueryAttention attention -> attention.numKvHeads() * attention.headDim();
    };
  }

  KvLayer layer(int index) {
    return layers.get(index);
  }

  @Override
  public void close() {
    allocation.close();
  }
}

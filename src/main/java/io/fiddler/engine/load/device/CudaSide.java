package io.fiddler.engine.load.device;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.PinnedMemory;
import io.fiddler.device.Device;
import io.fiddler.engine.CacheRoom;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.cuda.CudaSegments;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.LoadProgress;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import java.util.List;

/// A GPU: kernels of its own, made for one shape, that keep the cache and multiply in bf16, and
/// copies that want page-locked memory.
final class CudaSide implements DeviceSide {
  private final CudaDevice device;
  private final boolean batchInvariant;

  /// @param batchInvariant whether its kernels are the same for any number of rows
  CudaSide(CudaDevice device, boolean batchInvariant) {
    this.device = device;
    this.batchInvariant = batchInvariant;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public boolean roundsActivations() {
    return true;
  }

  @Override
  public ElementType cacheType(ElementType attention) {
    return CudaSegments.cacheType(attention);
  }

  @Override
  public long scratchBytes(ModelConfig config, ExpertFormat format, MemoryNeeds needs) {
    return CudaSegments.scratchBytes(shapeOf(config, format, needs));
  }

  /// The same of any GPU, whether there is one or not, with the fastest kernels.
  static long scratchOfAny(ModelConfig config, ExpertFormat format, MemoryNeeds needs) {
    return CudaSegments.scratchBytes(shape(config, format, needs));
  }

  @Override
  public boolean wantsPageLockedExperts() {
    return true;
  }

  @Override
  public AutoCloseable pageLock(ModelWeights weights, LoadProgress progress) {
    return PageLockedExperts.of(weights, device, progress);
  }

  @Override
  public DeviceKernels kernels(
      HostKernels host,
      ModelConfig config,
      ExpertFormat format,
      MemoryNeeds needs,
      Resources resources) {
    PinnedMemory hostRows =
        resources.own(device.pinned(needs.buffers().hostBytes(), "activations"));
    CudaSegments segments =
        resources.own(new CudaSegments(device, shapeOf(config, format, needs), hostRows));
    return new DeviceKernels(segments, hostRows.host());
  }

  private Shape shapeOf(ModelConfig config, ExpertFormat format, MemoryNeeds needs) {
    Shape shape = shape(config, format, needs);
    return batchInvariant ? shape.batchInvariantly() : shape;
  }

  /// What the kernels must be able to compute.
  private static Shape shape(ModelConfig config, ExpertFormat format, MemoryNeeds needs) {
    List<Heads> layers =
        config.layers().stream()
            .map(layer ->
                switch (layer.attention()) {
                  case GroupedQueryAttention a ->
                      new Heads(a.numHeads(), a.numKvHeads(), a.headDim(), a.slidingWindow());
                })
            .toList();
    CacheNeeds cache = needs.cache();
    return new Shape(
        needs.buffers().maxRows(),
        config.hiddenSize(),
        config.vocabSize(),
        layers,
        new Shape.Experts(needs.buffers().topK(), format),
        new Shape.Cache(
            cache.maxBlocksOfStep(config.contextLength()),
            CacheRoom.BLOCK_TOKENS,
            cache.maxPositions(config.contextLength()),
            cache.type()));
  }
}

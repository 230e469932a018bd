package io.fiddler.engine.load;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.CudaException;
import io.fiddler.engine.step.KvStorage;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.cuda.CudaSegments;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.GroupedQueryAttentionWeights;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.LoadProgress;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ByteSize;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a CUDA device adds to loading: the shape its kernels are made for, and the experts'
/// registration with the driver.
final class CudaSide {
  private static final Logger LOG = LoggerFactory.getLogger(CudaSide.class);

  private CudaSide() {}

  /// In which type the cache is kept.
  static ElementType cacheType(ModelWeights weights) {
    GroupedQueryAttentionWeights attention =
        (GroupedQueryAttentionWeights) weights.layers().getFirst().attention();
    return CudaSegments.cacheType(attention.qProj().type());
  }

  /// What the kernels must be able to compute.
  static Shape shape(ModelConfig config, ExpertFormat format, MemoryNeeds needs) {
    List<Heads> layers =
        config.layers().stream()
            .map(layer ->
                switch (layer.attention()) {
                  case GroupedQueryAttention a ->
                      new Heads(a.numHeads(), a.numKvHeads(), a.headDim(), a.slidingWindow());
                })
            .toList();
    int cacheTokens = needs.kvBlocks() * KvStorage.BLOCK_TOKENS;
    return new Shape(
        needs.buffers().maxRows(),
        config.hiddenSize(),
        config.vocabSize(),
        layers,
        new Shape.Experts(needs.buffers().topK(), format),
        new Shape.Cache(
            needs.kvBlocks(),
            KvStorage.BLOCK_TOKENS,
            Math.min(config.contextLength(), cacheTokens),
            needs.cacheType()));
  }

  /// Device memory that the kernels need for themselves.
  static long scratchBytes(ModelConfig config, ExpertFormat format, MemoryNeeds needs) {
    return CudaSegments.scratchBytes(shape(config, format, needs));
  }

  /// Page-locks the experts in host memory, so that they are copied at the link's speed and beside
  /// the caller. Where the driver refuses, they are copied slowly, and a warning says so.
  ///
  /// @param resources closes the registrations, before the weights if it was given those first
  /// @param progress told how many bytes are page-locked
  static void registerExperts(
      CudaDevice device, ModelWeights weights, Resources resources, LoadProgress progress) {
    long start = System.nanoTime();
    long bytes = 0;
    long totalBytes = 0;
    for (LayerWeights layer : weights.layers()) {
      totalBytes += holding(weights, layer.experts().experts().getFirst()).view().sizeBytes();
    }
    try {
      for (int layer = 0; layer < weights.layers().size(); layer++) {
        List<MemoryView> experts = weights.layers().get(layer).experts().experts();
        HostMemory memory = holding(weights, experts.getFirst());
        resources.own(device.register(memory.view(), distance(experts)));
        bytes += memory.view().sizeBytes();
        progress.onProgress(bytes, totalBytes);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      LOG.info(
          "{} of experts page-locked in {} s ({} GB/s)",
          ByteSize.describe(bytes),
          String.format(Locale.ROOT, "%.1f", seconds),
          String.format(Locale.ROOT, "%.1f", bytes / 1e9 / seconds));
    } catch (CudaException e) {
      LOG.warn(
          "experts behind the first {} are copied to the device at a fraction of its speed: {}",
          ByteSize.describe(bytes),
          e.getMessage());
    }
  }

  /// From one expert to the next; a copy of one does not cross a multiple of it.
  private static long distance(List<MemoryView> experts) {
    return experts.size() == 1
        ? experts.getFirst().sizeBytes()
        : address(experts.get(1)) - address(experts.get(0));
  }

  private static HostMemory holding(ModelWeights weights, MemoryView expert) {
    for (HostMemory memory : weights.memory()) {
      long offset = address(expert) - address(memory.view());
      if (offset >= 0 && offset < memory.view().sizeBytes()) {
        return memory;
      }
    }
    throw new IllegalStateException("an expert lies in none of the model's memory: " + expert);
  }

  private static long address(MemoryView view) {
    return view.segment(MemoryKind.HOST).address();
  }
}

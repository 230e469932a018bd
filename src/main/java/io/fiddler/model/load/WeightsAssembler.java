package io.fiddler.model.load;

import io.fiddler.model.AttentionWeights;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.GroupedQueryAttentionWeights;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.LoadProgress;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.MlpWeights;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.config.TensorId;
import io.fiddler.model.config.TensorRole;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.HostMemoryException;
import io.fiddler.tensor.MachineMemory;
import io.fiddler.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/// Puts a model's weights into host memory: first checks every tensor and plans, then allocates one
/// block for the dense part and one for the experts of each layer, then fills them.
final class WeightsAssembler {
  private final String name;
  private final ModelConfig config;
  private final TensorSource source;
  private final DenseWeights dense;
  private final List<LayerExperts> experts = new ArrayList<>();

  /// Checks and plans; allocates nothing.
  ///
  /// @param tiling how experts are to be laid out where they allow it
  /// @throws ModelLoadException if a tensor is missing or wrong
  WeightsAssembler(String name, ModelConfig config, TensorSource source, Tiling tiling) {
    this.name = name;
    this.config = config;
    this.source = source;
    dense = new DenseWeights(config, source);
    for (int layer = 0; layer < config.numLayers(); layer++) {
      switch (config.layers().get(layer).mlp()) {
        case MixtureOfExperts mlp ->
            experts.add(new LayerExperts(layer, config.hiddenSize(), mlp, source, tiling));
      }
    }
  }

  /// Allocates and fills; the caller closes the result.
  ///
  /// @throws ModelLoadException if memory or a tensor cannot be had; nothing stays allocated
  ModelWeights load(String fingerprint, LoadProgress progress) {
    List<HostMemory> memory = new ArrayList<>();
    try {
      allocate(memory);
      fill(memory, progress);
      return weights(fingerprint, memory);
    } catch (RuntimeException | Error e) {
      memory.forEach(HostMemory::close);
      if (e instanceof HostMemoryException) {
        throw new ModelLoadException(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  private void allocate(List<HostMemory> memory) {
    long totalBytes = dense.sizeBytes() + experts.stream().mapToLong(LayerExperts::sizeBytes).sum();
    MachineMemory.requireWithinTotal(totalBytes, "model " + name);
    memory.add(HostMemory.allocate(dense.sizeBytes()));
    for (LayerExperts layer : experts) {
      memory.add(HostMemory.allocate(layer.sizeBytes()));
    }
  }

  private void fill(List<HostMemory> memory, LoadProgress progress) {
    List<WeightsFill.Target> targets = new ArrayList<>(dense.targets(memory.getFirst()));
    for (int layer = 0; layer < experts.size(); layer++) {
      targets.addAll(experts.get(layer).targets(memory.get(layer + 1)));
    }
    WeightsFill.run(source, targets, progress);
  }

  private ModelWeights weights(String fingerprint, List<HostMemory> memory) {
    List<LayerWeights> layers = new ArrayList<>();
    for (int layer = 0; layer < config.numLayers(); layer++) {
      layers.add(
          new LayerWeights(
              matrix(memory, TensorRole.ATTENTION_NORM, layer),
              attention(memory, layer),
              matrix(memory, TensorRole.MLP_NORM, layer),
              mixtureOfExperts(memory, layer)));
    }
    Matrix embedding = matrix(memory, TensorRole.EMBEDDING, 0);
    return new ModelWeights(
        config,
        fingerprint,
        embedding,
        layers,
        matrix(memory, TensorRole.FINAL_NORM, 0),
        config.tiedEmbeddings() ? embedding : matrix(memory, TensorRole.HEAD, 0),
        memory);
  }

  private AttentionWeights attention(List<HostMemory> memory, int layer) {
    return switch (config.layers().get(layer).attention()) {
      case GroupedQueryAttention _ ->
          new GroupedQueryAttentionWeights(
              matrix(memory, TensorRole.Q_PROJ, layer),
              matrix(memory, TensorRole.K_PROJ, layer),
              matrix(memory, TensorRole.V_PROJ, layer),
              matrix(memory, TensorRole.O_PROJ, layer));
    };
  }

  private MlpWeights mixtureOfExperts(List<HostMemory> memory, int layer) {
    LayerExperts layerExperts = experts.get(layer);
    return new MixtureOfExpertsWeights(
        matrix(memory, TensorRole.ROUTER, layer),
        layerExperts.format(),
        layerExperts.views(memory.get(layer + 1)));
  }

  private Matrix matrix(List<HostMemory> memory, TensorRole role, int layer) {
    return dense.matrix(memory.getFirst(), TensorId.ofLayer(role, layer));
  }
}

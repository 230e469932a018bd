package io.fiddler.model.load;

import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.config.TensorId;
import io.fiddler.model.config.TensorRole;
import java.util.ArrayList;
import java.util.List;

/// The shape that a tensor must have.
///
/// @param id the tensor
/// @param rows outputs; 1 for a norm, which checkpoints store as a vector
/// @param cols inputs
record TensorShape(TensorId id, int rows, int cols) {
  /// As checkpoints write it.
  List<Long> dimensions() {
    return id.role().isNorm() ? List.of((long) cols) : List.of((long) rows, (long) cols);
  }

  /// Everything but the experts, in the order a token meets it; a tied head is the embedding and
  /// not listed.
  static List<TensorShape> ofDensePart(ModelConfig config) {
    int hiddenSize = config.hiddenSize();
    List<TensorShape> shapes = new ArrayList<>();
    shapes.add(ofModel(TensorRole.EMBEDDING, config.vocabSize(), hiddenSize));
    for (int layer = 0; layer < config.numLayers(); layer++) {
      shapes.add(ofLayer(TensorRole.ATTENTION_NORM, layer, 1, hiddenSize));
      switch (config.layers().get(layer).attention()) {
        case GroupedQueryAttention attention -> {
          int queryWidth = attention.numHeads() * attention.headDim();
          int keyWidth = attention.numKvHeads() * attention.headDim();
          shapes.add(ofLayer(TensorRole.Q_PROJ, layer, queryWidth, hiddenSize));
          shapes.add(ofLayer(TensorRole.K_PROJ, layer, keyWidth, hiddenSize));
          shapes.add(ofLayer(TensorRole.V_PROJ, layer, keyWidth, hiddenSize));
          shapes.add(ofLayer(TensorRole.O_PROJ, layer, hiddenSize, queryWidth));
        }
      }
      shapes.add(ofLayer(TensorRole.MLP_NORM, layer, 1, hiddenSize));
      switch (config.layers().get(layer).mlp()) {
        case MixtureOfExperts mlp ->
            shapes.add(ofLayer(TensorRole.ROUTER, layer, mlp.numExperts(), hiddenSize));
      }
    }
    shapes.add(ofModel(TensorRole.FINAL_NORM, 1, hiddenSize));
    if (!config.tiedEmbeddings()) {
      shapes.add(ofModel(TensorRole.HEAD, config.vocabSize(), hiddenSize));
    }
    return shapes;
  }

  private static TensorShape ofModel(TensorRole role, int rows, int cols) {
    return new TensorShape(TensorId.ofModel(role), rows, cols);
  }

  private static TensorShape ofLayer(TensorRole role, int layer, int rows, int cols) {
    return new TensorShape(TensorId.ofLayer(role, layer), rows, cols);
  }
}

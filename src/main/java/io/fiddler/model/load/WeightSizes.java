package io.fiddler.model.load;

import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import java.util.function.LongUnaryOperator;

/// The sizes of a model's weights, from its configuration alone.
///
/// @param config architecture
/// @param type how all weights are stored
public record WeightSizes(ModelConfig config, ElementType type) {
  /// Bytes of everything but the experts.
  ///
  /// @param padding what a tensor of so many bytes takes
  public long denseBytes(LongUnaryOperator padding) {
    return TensorShape.ofDensePart(config).stream()
        .mapToLong(
            shape -> padding.applyAsLong((long) shape.rows() * shape.cols() * type.sizeBytes()))
        .sum();
  }

  /// How an expert is stored.
  public ExpertFormat expertFormat() {
    MixtureOfExperts moe = experts(0);
    return ExpertFormat.of(type, config.hiddenSize(), moe.moeIntermediateSize());
  }

  /// Experts over all layers.
  public int numExperts() {
    int experts = 0;
    for (int layer = 0; layer < config.numLayers(); layer++) {
      experts += experts(layer).numExperts();
    }
    return experts;
  }

  /// Experts of a token over all layers.
  public int expertsPerToken() {
    int experts = 0;
    for (int layer = 0; layer < config.numLayers(); layer++) {
      experts += experts(layer).numExpertsPerToken();
    }
    return experts;
  }

  private MixtureOfExperts experts(int layer) {
    return switch (config.layers().get(layer).mlp()) {
      case MixtureOfExperts moe -> moe;
    };
  }
}

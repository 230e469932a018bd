package io.fiddler.model;

import io.fiddler.tensor.Matrix;

/// Weights of one decoder layer.
///
/// @param attentionNorm `[1, hiddenSize]`
/// @param attention the attention variant's weights
/// @param mlpNorm `[1, hiddenSize]`
/// @param mlp the MLP variant's weights
public record LayerWeights(
    Matrix attentionNorm, AttentionWeights attention, Matrix mlpNorm, MlpWeights mlp) {
  /// The experts of the layer.
  public MixtureOfExpertsWeights experts() {
    return switch (mlp) {
      case MixtureOfExpertsWeights experts -> experts;
    };
  }
}

package io.fiddler.model;

import java.util.List;
import java.util.Set;

/// A model's architecture, in the project's own names; foreign spellings end in
/// `ModelConfigReader`.
///
/// @param modelType Hugging Face `model_type`, for example `mixtral`
/// @param vocabSize number of token ids
/// @param hiddenSize width of the residual stream
/// @param contextLength most positions of one sequence
/// @param rmsNormEps epsilon of every RMS norm
/// @param tiedEmbeddings whether the head is the embedding table
/// @param bosTokenIds token ids that may begin a sequence, usually one or none
/// @param eosTokenIds token ids that end a generation
/// @param layers one entry a decoder layer; they may differ
public record ModelConfig(
    String modelType,
    int vocabSize,
    int hiddenSize,
    int contextLength,
    double rmsNormEps,
    boolean tiedEmbeddings,
    Set<Integer> bosTokenIds,
    Set<Integer> eosTokenIds,
    List<LayerConfig> layers) {
  public ModelConfig {
    bosTokenIds = Set.copyOf(bosTokenIds);
    eosTokenIds = Set.copyOf(eosTokenIds);
    layers = List.copyOf(layers);
  }

  /// Number of decoder layers.
  public int numLayers() {
    return layers.size();
  }
}

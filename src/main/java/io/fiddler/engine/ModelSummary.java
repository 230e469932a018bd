package io.fiddler.engine;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;

/// The model an engine serves.
///
/// @param name for people and `GET /v1/models`
/// @param fingerprint identity of config and weights
/// @param config architecture
/// @param grid its experts
/// @param expertSizeBytes bytes of one expert
/// @param expertSlices slices an expert is split into at most
/// @param weightsSizeBytes bytes of all weights in host memory
public record ModelSummary(
    String name,
    String fingerprint,
    ModelConfig config,
    ExpertGrid grid,
    long expertSizeBytes,
    int expertSlices,
    long weightsSizeBytes) {
  /// Experts that one token is routed to, over all layers.
  public int expertsPerToken() {
    return config.layers().stream()
        .mapToInt(layer ->
            switch (layer.mlp()) {
              case MixtureOfExperts moe -> moe.numExpertsPerToken();
            })
        .sum();
  }
}

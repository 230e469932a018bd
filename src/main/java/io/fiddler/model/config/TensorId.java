package io.fiddler.model.config;

/// One tensor of a model.
///
/// @param role what it does
/// @param layer its layer; 0 for tensors of no layer
/// @param expert its expert; 0 for tensors of no expert
public record TensorId(TensorRole role, int layer, int expert) {
  public static TensorId ofModel(TensorRole role) {
    return new TensorId(role, 0, 0);
  }

  public static TensorId ofLayer(TensorRole role, int layer) {
    return new TensorId(role, layer, 0);
  }
}

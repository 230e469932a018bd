package io.fiddler.model;

import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import java.util.List;

/// A model's weights in host memory. Owns them: closing frees every view handed out.
///
/// @param config the architecture
/// @param fingerprint identity of config and weights, see `Fingerprint`
/// @param embedding `[vocabSize, hiddenSize]`
/// @param layers one entry a decoder layer
/// @param finalNorm `[1, hiddenSize]`
/// @param head `[vocabSize, hiddenSize]`; the embedding itself if they are tied
/// @param memory what everything lies in
public record ModelWeights(
    ModelConfig config,
    String fingerprint,
    Matrix embedding,
    List<LayerWeights> layers,
    Matrix finalNorm,
    Matrix head,
    List<HostMemory> memory)
    implements AutoCloseable {
  public ModelWeights {
    layers = List.copyOf(layers);
    memory = List.copyOf(memory);
  }

  @Override
  public void close() {
    memory.forEach(HostMemory::close);
  }
}

package io.fiddler.expert;

import java.util.Arrays;

/// Which experts each token of one generation was routed to, in the order of its positions: what
/// {@link ActivationCounters} sum up, for simulations that need the order. A trace may end before
/// its generation did, to bound its size.
///
/// @param promptTokens of the generation: positions from here on were decoded
/// @param tokens positions traced, from the first
/// @param numLayers layers of the model that have experts, in order
/// @param topK experts a token and layer
/// @param choices expert ids in the layer, `[tokens, numLayers, topK]`, ascending in each token and
///   layer
@SuppressWarnings("ArrayRecordComponent") // megabytes of it; equals and hashCode are its own
public record ExpertTrace(int promptTokens, int tokens, int numLayers, int topK, short[] choices) {
  public ExpertTrace {
    if (promptTokens < 0 || tokens < 0 || numLayers < 1 || topK < 1) {
      throw new IllegalArgumentException(
          "a trace needs sizes of at least 0 and layers and experts of at least 1, got %d of %d tokens, %d layers, top %d"
              .formatted(tokens, promptTokens, numLayers, topK));
    }
    if (choices.length != (long) tokens * numLayers * topK) {
      throw new IllegalArgumentException(
          "%d tokens of %d layers choose %d experts each, got %d choices"
              .formatted(tokens, numLayers, topK, choices.length));
    }
  }

  /// The `k`-th expert that a token chose in the `layer`-th layer with experts.
  public int expert(int token, int layer, int k) {
    return choices[(token * numLayers + layer) * topK + k];
  }

  /// For what a position was computed.
  public Phase phase(int token) {
    return token < promptTokens ? Phase.PREFILL : Phase.DECODE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExpertTrace that
        && promptTokens == that.promptTokens
        && tokens == that.tokens
        && numLayers == that.numLayers
        && topK == that.topK
        && Arrays.equals(choices, that.choices);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(choices);
  }
}

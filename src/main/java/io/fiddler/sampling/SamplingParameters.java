package io.fiddler.sampling;

import java.util.Map;

/// How a token is chosen, in OpenAI's and vLLM's terms; the defaults of each are those of OpenAI's
/// API.
///
/// @param temperature divides the logits; 0 is greedy
/// @param topK keep the k most likely tokens; 0 keeps all
/// @param topP keep the smallest set of most likely tokens whose probability reaches this, in (0,
///   1]
/// @param minP drop tokens less likely than this share of the most likely one's probability, in [0,
///   1]
/// @param repetitionPenalty divides (multiplies, if negative) the logits of tokens in prompt or
///   output; 1 is off
/// @param frequencyPenalty subtracted from a token's logit for each time it was generated
/// @param presencePenalty subtracted once from the logit of each token that was generated
/// @param logitBias added to the logits of these token ids
/// @param seed same request and seed, same tokens
public record SamplingParameters(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double frequencyPenalty,
    double presencePenalty,
    Map<Integer, Double> logitBias,
    long seed) {
  public SamplingParameters {
    logitBias = Map.copyOf(logitBias);
  }

  /// The most likely token, always.
  public static SamplingParameters greedy() {
    return new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of(), 0);
  }
}

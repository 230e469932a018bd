package io.fiddler.sampling;

import java.util.Map;

/// How a token is chosen, in OpenAI's and vLLM's terms; {@link Sampler} says in which order they
/// apply. Out of range: {@link SamplingParameterException}.
///
/// @param temperature divides the logits, finite and >= 0; 0 is greedy
/// @param topK keep the k most likely tokens; 0 keeps all
/// @param topP keep the smallest set of most likely tokens whose probability reaches this, in (0,
///   1]
/// @param minP drop tokens less likely than this share of the most likely one's probability, in [0,
///   1]
/// @param repetitionPenalty divides (multiplies, if negative) the logits of tokens in prompt or
///   output, finite and > 0; 1 is off
/// @param frequencyPenalty subtracted from a token's logit for each time it was generated, in [-2,
///   2]
/// @param presencePenalty subtracted once from the logit of each token that was generated, in [-2,
///   2]
/// @param logitBias added to the logits of these token ids, in [-100, 100]
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
    // Written so that NaN, too, is out of range.
    require(
        temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
        "temperature",
        "finite and >= 0",
        temperature);
    require(topK >= 0, "topK", ">= 0", topK);
    require(topP > 0 && topP <= 1, "topP", "in (0, 1]", topP);
    require(minP >= 0 && minP <= 1, "minP", "in [0, 1]", minP);
    require(
        repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
        "repetitionPenalty",
        "finite and > 0",
        repetitionPenalty);
    require(Math.abs(frequencyPenalty) <= 2, "frequencyPenalty", "in [-2, 2]", frequencyPenalty);
    require(Math.abs(presencePenalty) <= 2, "presencePenalty", "in [-2, 2]", presencePenalty);
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach((id, bias) -> {
      require(id >= 0, "logitBias", "for token ids >= 0", id);
      require(Math.abs(bias) <= 100, "logitBias", "in [-100, 100] for token " + id, bias);
    });
  }

  /// The most likely token, always.
  public static SamplingParameters greedy() {
    return new SamplingParameters(0, 0, 1, 0, 1, 0, 0, Map.of(), 0);
  }

  private static void require(boolean holds, String parameter, String rule, Number got) {
    if (!holds) {
      throw new SamplingParameterException(parameter, rule, got.toString());
    }
  }
}

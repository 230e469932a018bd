package io.fiddler.engine;

import io.fiddler.sampling.SamplingParameters;
import java.util.Set;

/// One prompt to be continued.
///
/// @param tenant whose it is; activations are counted for it
/// @param promptTokens token ids, at least one
/// @param maxTokens most tokens to generate; 0 only reads the prompt (for `echo`)
/// @param sampling how tokens are chosen
/// @param stopTokenIds tokens that end the generation and are not part of it; the model's own if
///   empty
/// @param ignoreEos whether to go on to `maxTokens` whatever is generated
/// @param topLogprobs alternatives to report with each token; -1 for no log-probabilities
/// @param promptLogprobs whether to report log-probabilities of the prompt's tokens too
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record GenerationRequest(
    String tenant,
    int[] promptTokens,
    int maxTokens,
    SamplingParameters sampling,
    Set<Integer> stopTokenIds,
    boolean ignoreEos,
    int topLogprobs,
    boolean promptLogprobs) {
  public GenerationRequest {
    stopTokenIds = Set.copyOf(stopTokenIds);
  }
}

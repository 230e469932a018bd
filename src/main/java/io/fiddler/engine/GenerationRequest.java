package io.fiddler.engine;

import java.util.Set;

/// One prompt to be continued.
///
/// @param origin who asks
/// @param promptTokens token ids, at least one
/// @param maxTokens most tokens to generate; 0 only reads the prompt (for `echo`)
/// @param decoding how tokens are chosen
/// @param stopTokenIds tokens that end the generation and are not part of it; the model's own if
///   empty
/// @param ignoreEos whether to go on to `maxTokens` whatever is generated
/// @param topLogprobs alternatives to report with each token; -1 for no log-probabilities
/// @param promptLogprobs whether to report log-probabilities of the prompt's tokens too
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record GenerationRequest(
    Origin origin,
    int[] promptTokens,
    int maxTokens,
    Decoding decoding,
    Set<Integer> stopTokenIds,
    boolean ignoreEos,
    int topLogprobs,
    boolean promptLogprobs) {
  public GenerationRequest {
    stopTokenIds = Set.copyOf(stopTokenIds);
  }
}

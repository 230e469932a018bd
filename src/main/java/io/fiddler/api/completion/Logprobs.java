package io.fiddler.api.completion;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fiddler.api.generation.answer.ScoredToken;
import io.fiddler.api.generation.answer.TokenTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Log-probabilities of tokens, in the four parallel lists of OpenAI's completions.
///
/// @param tokens their texts
/// @param tokenLogprobs null for the first token of a prompt
/// @param topLogprobs text to log-probability of the best alternatives and of the token itself
/// @param textOffset where each token begins in the choice's text, in Unicode characters
record Logprobs(
    List<String> tokens,
    @JsonProperty("token_logprobs") List<@Nullable Double> tokenLogprobs,
    @JsonProperty("top_logprobs") List<@Nullable Map<String, Double>> topLogprobs,
    @JsonProperty("text_offset") List<Integer> textOffset) {
  static Logprobs of(List<ScoredToken> scored, TokenTexts texts) {
    Logprobs logprobs =
        new Logprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (ScoredToken token : scored) {
      logprobs.tokens.add(texts.text(token.token().tokenId()));
      logprobs.tokenLogprobs.add(texts.logprob(token.token().logprob()));
      logprobs.topLogprobs.add(texts.alternatives(token.token()));
      logprobs.textOffset.add(token.textOffset());
    }
    return logprobs;
  }
}

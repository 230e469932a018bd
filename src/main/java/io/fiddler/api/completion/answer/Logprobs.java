package io.fiddler.api.completion.answer;

import com.fasterxml.jackson.annotation.JsonProperty;
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
  /// No tokens yet.
  static Logprobs empty() {
    return new Logprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /// Puts more tokens behind these.
  void addAll(Logprobs more) {
    tokens.addAll(more.tokens);
    tokenLogprobs.addAll(more.tokenLogprobs);
    topLogprobs.addAll(more.topLogprobs);
    textOffset.addAll(more.textOffset);
  }
}

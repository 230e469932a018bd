package io.fiddler.api.completion.answer;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Tokens of a request.
///
/// @param promptTokens of all prompts, each counted once whatever `n` is
/// @param completionTokens of all choices
/// @param totalTokens both
record Usage(
    @JsonProperty("prompt_tokens") int promptTokens,
    @JsonProperty("completion_tokens") int completionTokens,
    @JsonProperty("total_tokens") int totalTokens) {
  static Usage of(int promptTokens, int completionTokens) {
    return new Usage(promptTokens, completionTokens, promptTokens + completionTokens);
  }
}

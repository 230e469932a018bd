package io.fiddler.api.generation.answer;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Tokens of a request.
///
/// @param promptTokens of all prompts, each counted once whatever `n` is
/// @param completionTokens of all choices
/// @param totalTokens both
/// @param promptTokensDetails more about the first
record Usage(
    @JsonProperty("prompt_tokens") int promptTokens,
    @JsonProperty("completion_tokens") int completionTokens,
    @JsonProperty("total_tokens") int totalTokens,
    @JsonProperty("prompt_tokens_details") PromptDetails promptTokensDetails) {
  static Usage of(int promptTokens, int cachedTokens, int completionTokens) {
    return new Usage(
        promptTokens,
        completionTokens,
        promptTokens + completionTokens,
        new PromptDetails(cachedTokens));
  }

  /// @param cachedTokens of the prompts, those that were not computed
  record PromptDetails(@JsonProperty("cached_tokens") int cachedTokens) {}
}

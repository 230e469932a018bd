package io.fiddler.api.completion;

import io.fiddler.api.generation.request.GenerationSettings;
import io.fiddler.api.generation.request.ResponseFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A completion request that keeps every rule that needs no model to check.
///
/// @param model the model asked for; null for the one served
/// @param prompts at least one
/// @param maxTokens most tokens a choice; null for the default
/// @param format that answers are held to; null for any text
/// @param settings how it wants its text
record CompletionRequest(
    @Nullable String model,
    List<Prompt> prompts,
    @Nullable Integer maxTokens,
    @Nullable ResponseFormat format,
    GenerationSettings settings) {
  /// OpenAI's default of `max_tokens`.
  static final int DEFAULT_MAX_TOKENS = 16;

  CompletionRequest {
    prompts = List.copyOf(prompts);
  }
}

package io.fiddler.api.completion.request;

import io.fiddler.sampling.SamplingParameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A completion request that keeps every rule that needs no model to check.
///
/// @param model the model asked for; null for the one served
/// @param prompts at least one
/// @param maxTokens most tokens a choice; null for the default
/// @param sampling how tokens are chosen; its seed is that of each prompt's first choice
/// @param n choices a prompt
/// @param stops stop strings, none empty
/// @param logprobs alternatives with each token; -1 for no log-probabilities
/// @param echo whether a choice begins with its prompt
/// @param stream whether the answer is streamed
/// @param includeUsage whether a stream ends with the usage
/// @param ignoreEos whether to go on after the model's end token
/// @param returnTokenIds whether choices carry token ids
public record CompletionRequest(
    @Nullable String model,
    List<Prompt> prompts,
    @Nullable Integer maxTokens,
    SamplingParameters sampling,
    int n,
    List<String> stops,
    int logprobs,
    boolean echo,
    boolean stream,
    boolean includeUsage,
    boolean ignoreEos,
    boolean returnTokenIds) {
  /// OpenAI's default of `max_tokens`.
  public static final int DEFAULT_MAX_TOKENS = 16;

  public CompletionRequest {
    prompts = List.copyOf(prompts);
    stops = List.copyOf(stops);
  }

  /// Choices of the answer.
  public int numChoices() {
    return prompts.size() * n;
  }
}

package io.fiddler.api;

import io.fiddler.api.completion.CompletionOptions;
import io.fiddler.api.web.SecurityOptions;

/// How the API behaves.
///
/// @param completions limits and logging of completions
/// @param security who may use the service
/// @param promptThreads how many prompts are read and tokenised at once
/// @param answerThreads how many threads turn tokens into text and JSON
public record ApiOptions(
    CompletionOptions completions, SecurityOptions security, int promptThreads, int answerThreads) {
  /// For this machine only, two threads each.
  public static final ApiOptions DEFAULT =
      new ApiOptions(CompletionOptions.DEFAULT, SecurityOptions.local(), 2, 2);
}

package io.fiddler.api;

import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.web.SecurityOptions;

/// How the API behaves.
///
/// @param generation limits of requests that generate, and what of them is logged
/// @param security who may use the service
/// @param promptThreads how many prompts are read and tokenised at once
/// @param answerThreads how many threads turn tokens into text and JSON
public record ApiOptions(
    GenerationOptions generation, SecurityOptions security, int promptThreads, int answerThreads) {
  /// For this machine only, two threads each.
  public static final ApiOptions DEFAULT =
      new ApiOptions(GenerationOptions.DEFAULT, SecurityOptions.local(), 2, 2);
}

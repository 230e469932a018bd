package io.fiddler.api.completion;

import java.util.stream.Collectors;

/// The prompts of a request as text for the request log.
final class PromptText {
  private PromptText() {}

  static String of(CompletionCall call) {
    TokenTexts texts = new TokenTexts(call.tokenizer());
    return call.prompts().stream()
        .map(prompt -> prompt.text() == null ? texts.decoded(prompt.tokens()) : prompt.text())
        .collect(Collectors.joining("\n"));
  }
}

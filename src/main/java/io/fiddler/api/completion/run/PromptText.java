package io.fiddler.api.completion.run;

import io.fiddler.api.completion.request.CompletionCall;
import java.util.stream.Collectors;

/// The prompts of a request as text for the request log.
final class PromptText {
  private PromptText() {}

  static String of(CompletionCall call) {
    return call.prompts().stream().map(call::textOf).collect(Collectors.joining("\n"));
  }
}

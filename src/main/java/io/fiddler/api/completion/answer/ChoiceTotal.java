package io.fiddler.api.completion.answer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds up the deltas of one choice.
final class ChoiceTotal {
  private final int choice;
  private final StringBuilder text = new StringBuilder();
  private @Nullable Logprobs logprobs;
  private @Nullable List<Integer> tokenIds;
  private @Nullable List<Integer> promptTokenIds;
  private @Nullable String finishReason;

  ChoiceTotal(int choice) {
    this.choice = choice;
  }

  void add(ChoiceDelta delta) {
    text.append(delta.text());
    if (delta.logprobs() != null) {
      if (logprobs == null) {
        logprobs = Logprobs.empty();
      }
      logprobs.addAll(delta.logprobs());
    }
    if (delta.tokenIds() != null) {
      if (tokenIds == null) {
        tokenIds = new ArrayList<>();
      }
      tokenIds.addAll(delta.tokenIds());
    }
    promptTokenIds = promptTokenIds == null ? delta.promptTokenIds() : promptTokenIds;
    finishReason = finishReason == null ? delta.finishReason() : finishReason;
  }

  CompletionBody.Choice body() {
    return new CompletionBody.Choice(
        text.toString(), choice, logprobs, finishReason, tokenIds, promptTokenIds);
  }
}

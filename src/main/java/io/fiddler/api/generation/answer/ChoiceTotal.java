package io.fiddler.api.generation.answer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds up the deltas of one choice.
final class ChoiceTotal {
  private final int choice;
  private final StringBuilder text = new StringBuilder();
  private @Nullable List<ScoredToken> scored;
  private @Nullable List<Integer> tokenIds;
  private @Nullable List<Integer> promptTokenIds;
  private @Nullable String finishReason;

  ChoiceTotal(int choice) {
    this.choice = choice;
  }

  void add(ChoiceDelta delta) {
    text.append(delta.text());
    if (delta.scored() != null) {
      if (scored == null) {
        scored = new ArrayList<>();
      }
      scored.addAll(delta.scored());
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

  /// All of it.
  ChoiceDelta sum() {
    return new ChoiceDelta(choice, text.toString(), scored, tokenIds, promptTokenIds, finishReason);
  }
}

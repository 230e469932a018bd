package io.fiddler.api.generation.answer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is new in a choice. A streamed answer sends each as chunks, another one adds them up.
///
/// @param choice index of the choice
/// @param text new text
/// @param scored the new tokens with their log-probabilities; null if not asked for
/// @param tokenIds new tokens; null if not asked for
/// @param promptTokenIds in the choice's first delta, if asked for
/// @param finishReason in its last one
public record ChoiceDelta(
    int choice,
    String text,
    @Nullable List<ScoredToken> scored,
    @Nullable List<Integer> tokenIds,
    @Nullable List<Integer> promptTokenIds,
    @Nullable String finishReason) {
  /// The same as another choice.
  ChoiceDelta numbered(int number) {
    return new ChoiceDelta(number, text, scored, tokenIds, promptTokenIds, finishReason);
  }
}

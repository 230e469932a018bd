package io.fiddler.engine.step;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertTrace;
import java.util.Arrays;

/// Records which experts the tokens of one generation choose, until there are as many as a trace
/// may have. Used from the step thread.
final class TraceRecording {
  /// Room for so many tokens beyond the prompt at first; most answers are no longer.
  private static final int SOME_TOKENS = 128;

  private final Shape shape;
  private final int promptTokens;
  private final int maxTokens;
  private short[] choices;
  private int tokens;

  /// What a token chooses.
  ///
  /// @param indexOfLayer among those with experts; unused where a layer has none
  /// @param numLayers layers that have experts
  /// @param topK experts a token and layer
  @SuppressWarnings("ArrayRecordComponent") // made once, never compared
  record Shape(int[] indexOfLayer, int numLayers, int topK) {
    static Shape of(ExpertGrid grid, int topK) {
      int[] indexOf = new int[grid.numLayers()];
      int next = 0;
      for (int layer = 0; layer < indexOf.length; layer++) {
        indexOf[layer] = next;
        next += grid.numExperts(layer) > 0 ? 1 : 0;
      }
      return new Shape(indexOf, next, topK);
    }

    int choicesOfToken() {
      return numLayers * topK;
    }
  }

  TraceRecording(Shape shape, int promptTokens, int maxTokens) {
    this.shape = shape;
    this.promptTokens = promptTokens;
    this.maxTokens = maxTokens;
    this.choices =
        new short
            [(int) Math.min(maxTokens, (long) promptTokens + SOME_TOKENS) * shape.choicesOfToken()];
  }

  /// Takes what the router of a layer chose for `rows` positions from `position` on; every layer
  /// tells it, the last one last. A step that fails before leaves nothing behind.
  ///
  /// @param selectedExperts expert ids; those of the first position begin at `from`
  void layer(int layer, int position, int rows, int[] selectedExperts, int from) {
    int end = Math.min(position + rows, maxTokens);
    if (position > tokens || end <= tokens) {
      return; // full, or it begins where nothing was computed
    }
    reserve(end);
    int topK = shape.topK();
    int index = shape.indexOfLayer()[layer];
    int source = from;
    for (int token = position; token < end; token++) {
      int target = token * shape.choicesOfToken() + index * topK;
      for (int k = 0; k < topK; k++) {
        choices[target + k] = (short) selectedExperts[source++];
      }
      Arrays.sort(choices, target, target + topK);
    }
    if (index == shape.numLayers() - 1) {
      tokens = end;
    }
  }

  private void reserve(int wanted) {
    int has = choices.length / shape.choicesOfToken();
    if (wanted > has) {
      int next = (int) Math.min(maxTokens, Math.max(wanted, has + (has >> 1) + 1L));
      choices = Arrays.copyOf(choices, next * shape.choicesOfToken());
    }
  }

  /// What was recorded.
  ExpertTrace trace() {
    return new ExpertTrace(
        promptTokens,
        tokens,
        shape.numLayers(),
        shape.topK(),
        Arrays.copyOf(choices, tokens * shape.choicesOfToken()));
  }
}

package io.fiddler.engine;

import io.fiddler.kernel.StepInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The forward pass of a loaded engine whose step loop is not running, driven by a test.
final class ForcedLogits {
  private ForcedLogits() {}

  static LoadedEngine load(EngineOptions options) {
    return new EngineLoader(
            options, Engines::evenSpread, new EngineListener() {}, (phase, done) -> {})
        .load();
  }

  static float[][] allLogits(LoadedEngine engine, int[] prompt) {
    return allLogits(engine, prompt, new ArrayList<>());
  }

  /// Logits of every position of `prompt` in one step; `routing` takes each layer's selected
  /// experts.
  static float[][] allLogits(LoadedEngine engine, int[] prompt, List<int[]> routing) {
    int rows = prompt.length;
    int vocabSize = engine.model().config().vocabSize();
    int[] positions = new int[rows];
    Arrays.setAll(positions, i -> i);
    int[] blocks = new int[Math.ceilDiv(rows, KvStorage.BLOCK_TOKENS)];
    Arrays.setAll(blocks, i -> i);
    ForwardPass forward = engine.runner().forward();
    forward.run(
        new StepInput(prompt, positions, new int[rows], new int[][] {blocks}),
        (layer, chosen, decisions) ->
            routing.add(Arrays.copyOf(chosen.selectedExperts(), rows * chosen.topK())));
    float[] flat = new float[rows * vocabSize];
    forward.logits(positions, rows, flat);
    float[][] logits = new float[rows][];
    for (int row = 0; row < rows; row++) {
      logits[row] = Arrays.copyOfRange(flat, row * vocabSize, (row + 1) * vocabSize);
    }
    return logits;
  }
}

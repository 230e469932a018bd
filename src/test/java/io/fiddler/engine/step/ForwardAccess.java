package io.fiddler.engine.step;

import io.fiddler.kernel.StepInput;
import java.util.Arrays;
import java.util.List;

/// Opens the forward pass to tests of other packages. The step loop must not be running.
public final class ForwardAccess {
  private ForwardAccess() {}

  /// Logits `[prompt.length][vocabSize]` of every position of `prompt`, computed in one step;
  /// `routing` takes each layer's selected experts.
  public static float[][] allLogits(
      StepRunner runner, int vocabSize, int[] prompt, List<int[]> routing) {
    int rows = prompt.length;
    int[] positions = new int[rows];
    Arrays.setAll(positions, i -> i);
    int[] blocks = new int[Math.ceilDiv(rows, KvStorage.BLOCK_TOKENS)];
    Arrays.setAll(blocks, i -> i);
    ForwardPass forward = runner.forward();
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

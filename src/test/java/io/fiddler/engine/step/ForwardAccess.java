package io.fiddler.engine.step;

import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.StepInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Opens the forward pass to tests of other packages. The step loop must not be running.
public final class ForwardAccess {
  private ForwardAccess() {}

  /// Logits `[prompt.length][vocabSize]` of every position of `prompt`, computed in one step;
  /// `routing` takes each layer's selected experts.
  public static float[][] allLogits(
      StepRunner runner, int vocabSize, int[] prompt, List<int[]> routing) {
    return allLogits(
        runner,
        vocabSize,
        prompt,
        (layer, chosen, decisions) ->
            routing.add(Arrays.copyOf(chosen.selectedExperts(), prompt.length * chosen.topK())));
  }

  /// What the routers of all layers chose.
  public static final class Choices {
    private final List<int[]> experts = new ArrayList<>();
    private final List<float[]> weights = new ArrayList<>();
    private int different;

    /// Choices that a forced run would have made otherwise.
    public int different() {
      return different;
    }
  }

  /// The same, keeping all choices.
  public static float[][] recordedLogits(
      StepRunner runner, int vocabSize, int[] prompt, Choices into) {
    return allLogits(
        runner,
        vocabSize,
        prompt,
        (layer, chosen, decisions) -> {
          int length = prompt.length * chosen.topK();
          into.experts.add(Arrays.copyOf(chosen.selectedExperts(), length));
          into.weights.add(Arrays.copyOf(chosen.routingWeights(), length));
        });
  }

  /// The same with these choices instead of its own.
  public static float[][] forcedLogits(
      StepRunner runner, int vocabSize, int[] prompt, Choices forced) {
    return allLogits(
        runner,
        vocabSize,
        prompt,
        new ForwardPass.LayerObserver() {
          @Override
          public void onRouted(int layer, Routing routing) {
            int[] experts = forced.experts.get(layer);
            for (int i = 0; i < experts.length; i++) {
              if (routing.selectedExperts()[i] != experts[i]) {
                forced.different++;
              }
            }
            System.arraycopy(experts, 0, routing.selectedExperts(), 0, experts.length);
            float[] weights = forced.weights.get(layer);
            System.arraycopy(weights, 0, routing.routingWeights(), 0, weights.length);
          }

          @Override
          public void onLayer(int layer, Routing routing, List<ExpertDecision> decisions) {}
        });
  }

  private static float[][] allLogits(
      StepRunner runner, int vocabSize, int[] prompt, ForwardPass.LayerObserver observer) {
    int rows = prompt.length;
    int[] positions = new int[rows];
    Arrays.setAll(positions, i -> i);
    int[] blocks = new int[Math.ceilDiv(rows, KvStorage.BLOCK_TOKENS)];
    Arrays.setAll(blocks, i -> i);
    ForwardPass forward = runner.forward();
    forward.run(new StepInput(prompt, positions, new int[rows], new int[][] {blocks}), observer);
    float[] flat = new float[rows * vocabSize];
    forward.logits(positions, rows, flat);
    float[][] logits = new float[rows][];
    for (int row = 0; row < rows; row++) {
      logits[row] = Arrays.copyOfRange(flat, row * vocabSize, (row + 1) * vocabSize);
    }
    return logits;
  }
}

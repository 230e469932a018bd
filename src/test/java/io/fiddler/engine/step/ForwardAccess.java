package io.fiddler.engine.step;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.engine.CacheRoom;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.StepInput;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
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
    return allLogits(runner, vocabSize, prompt, forcing(forced, 0, prompt.length));
  }

  /// The same, but one position a step, as decoding does it.
  public static float[][] forcedLogitsOneByOne(
      StepRunner runner, int vocabSize, int[] prompt, Choices forced) {
    float[][] logits = new float[prompt.length][vocabSize];
    ForwardPass forward = runner.forward();
    for (int position = 0; position < prompt.length; position++) {
      StepInput step =
          new StepInput(
              new int[] {prompt[position]},
              new int[] {position},
              new int[1],
              new int[][] {blocks(prompt.length)});
      forward.run(step, forcing(forced, position, 1));
      forward.logits(new int[1], 1, logits[position]);
    }
    return logits;
  }

  /// By how much the score of the last expert that is chosen exceeds that of the first that is not,
  /// for each layer and row, of an engine that computes in host memory; infinite where all are
  /// chosen.
  public static double[][] routerMargins(StepRunner runner, int vocabSize, int[] prompt) {
    ForwardPass forward = runner.forward();
    double[][] margins = new double[forward.model().layers().size()][prompt.length];
    allLogits(
        runner,
        vocabSize,
        prompt,
        new ForwardPass.LayerObserver() {
          @Override
          public void onRouted(int layer, Routing routing) {
            Matrix router = forward.model().layers().get(layer).router().router();
            for (int row = 0; row < prompt.length; row++) {
              margins[layer][row] = margin(router, forward.buffers().hostNormed(), row, routing);
            }
          }

          @Override
          public void onLayer(int layer, Routing routing, List<ExpertDecision> decisions) {}
        });
    return margins;
  }

  private static double margin(Matrix router, Matrix normed, int row, Routing routing) {
    double[] scores = new double[router.rows()];
    for (int expert = 0; expert < scores.length; expert++) {
      for (int i = 0; i < router.cols(); i++) {
        scores[expert] += (double) value(router, expert, i) * value(normed, row, i);
      }
    }
    Arrays.sort(scores);
    int firstNotChosen = scores.length - 1 - routing.topK();
    return firstNotChosen < 0
        ? Double.POSITIVE_INFINITY
        : scores[firstNotChosen + 1] - scores[firstNotChosen];
  }

  private static float value(Matrix matrix, int row, int col) {
    MemorySegment segment = matrix.memory().segment(MemoryKind.HOST);
    long index = (long) row * matrix.cols() + col;
    return switch (matrix.type()) {
      case F32 -> segment.get(JAVA_FLOAT_UNALIGNED, 4 * index);
      case F16 -> Float.float16ToFloat(segment.get(JAVA_SHORT_UNALIGNED, 2 * index));
      case BF16 -> Float.intBitsToFloat(segment.get(JAVA_SHORT_UNALIGNED, 2 * index) << 16);
    };
  }

  /// Makes the routers of `rows` rows choose what they chose from row `first` on.
  private static ForwardPass.LayerObserver forcing(Choices forced, int first, int rows) {
    return new ForwardPass.LayerObserver() {
      @Override
      public void onRouted(int layer, Routing routing) {
        int from = first * routing.topK();
        int count = rows * routing.topK();
        for (int i = 0; i < count; i++) {
          if (routing.selectedExperts()[i] != forced.experts.get(layer)[from + i]) {
            forced.different++;
          }
        }
        System.arraycopy(forced.experts.get(layer), from, routing.selectedExperts(), 0, count);
        System.arraycopy(forced.weights.get(layer), from, routing.routingWeights(), 0, count);
      }

      @Override
      public void onLayer(int layer, Routing routing, List<ExpertDecision> decisions) {}
    };
  }

  private static float[][] allLogits(
      StepRunner runner, int vocabSize, int[] prompt, ForwardPass.LayerObserver observer) {
    int rows = prompt.length;
    int[] positions = new int[rows];
    Arrays.setAll(positions, i -> i);
    ForwardPass forward = runner.forward();
    forward.run(
        new StepInput(prompt, positions, new int[rows], new int[][] {blocks(rows)}), observer);
    float[] flat = new float[rows * vocabSize];
    forward.logits(positions, rows, flat);
    float[][] logits = new float[rows][];
    for (int row = 0; row < rows; row++) {
      logits[row] = Arrays.copyOfRange(flat, row * vocabSize, (row + 1) * vocabSize);
    }
    return logits;
  }

  private static int[] blocks(int rows) {
    int[] blocks = new int[Math.ceilDiv(rows, CacheRoom.BLOCK_TOKENS)];
    Arrays.setAll(blocks, i -> i);
    return blocks;
  }
}

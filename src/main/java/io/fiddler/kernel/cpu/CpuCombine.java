package io.fiddler.kernel.cpu;

import io.fiddler.kernel.CombineInput;
import io.fiddler.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// Adds up the parts of the experts' results, row by row in the order that {@link CombineInput}
/// fixes.
final class CpuCombine {
  private final Core core;

  CpuCombine(Core core) {
    this.core = core;
  }

  void run(CombineInput input, Matrix parts, Matrix x) {
    int hiddenSize = x.cols();
    int rows = input.firstPart().length / input.topK();
    MemorySegment from = core.activations("parts", parts, 0, hiddenSize);
    MemorySegment to = core.activations("x", x, rows, hiddenSize);
    core.run(
        rows,
        (long) rows * input.topK() * hiddenSize,
        (worker, r) -> {
          Scratch scratch = core.scratch(worker);
          float[] sum = scratch.gate(hiddenSize);
          float[] result = scratch.up(hiddenSize);
          float[] part = scratch.row(hiddenSize);
          for (int a = r * input.topK(); a < (r + 1) * input.topK(); a++) {
            Core.load(from, input.firstPart()[a], hiddenSize, result, 0);
            for (int i = 0; i < input.nextCount()[a]; i++) {
              int next = input.nextPart()[a] + i * input.stride()[a];
              Core.load(from, next, hiddenSize, part, 0);
              add(part, result, hiddenSize);
            }
            boolean first = a == r * input.topK();
            weigh(result, input.weight()[a], sum, first, hiddenSize);
          }
          Core.addAt(sum, 0, to, (long) r * hiddenSize, hiddenSize);
        });
  }

  private static void add(float[] part, float[] sum, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += part[i];
    }
  }

  private static void weigh(float[] result, float weight, float[] sum, boolean first, int count) {
    if (first) {
      for (int i = 0; i < count; i++) {
        sum[i] = weight * result[i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        sum[i] += weight * result[i];
      }
    }
  }
}

package io.fiddler.kernel.cpu;

import io.fiddler.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// `logits = head(rmsNorm(x))` for chosen rows.
final class CpuHead {
  private static final float[] NONE = {};

  private final Core core;
  private final Activations normed;
  private float[] normWeight = NONE;

  CpuHead(Core core) {
    this.core = core;
    this.normed = new Activations(core.kernels);
  }

  void run(Matrix norm, float rmsNormEps, Matrix head, int[] rows, Matrix x, float[] logits) {
    int hiddenSize = head.cols();
    int vocabSize = head.rows();
    MemorySegment xs = core.activations("x", x, 0, hiddenSize);
    if (logits.length < (long) rows.length * vocabSize) {
      throw new IllegalArgumentException(
          "logits must hold %d rows of %d, got %d floats"
              .formatted(rows.length, vocabSize, logits.length));
    }
    normed.reset(rows.length, hiddenSize, head.type());
    normWeight = Scratch.atLeast(normWeight, hiddenSize);
    core.kernels.widen(norm.type(), core.segment(norm), 0, hiddenSize, normWeight, 0);
    core.run(
        rows.length,
        (long) rows.length * hiddenSize,
        (worker, i) -> {
          float[] row = core.scratch(worker).row(hiddenSize);
          Core.load(xs, rows[i], hiddenSize, row, 0);
          core.kernels.rmsNorm(
              row, 0, normWeight, hiddenSize, rmsNormEps, normed.plain(), normed.offset(i));
          normed.filled(i);
        });
    core.run(
        Core.blocks(vocabSize),
        (long) rows.length * vocabSize * hiddenSize,
        (worker, block) ->
            core.multiplyBlock(
                worker,
                head,
                block,
                normed,
                rows.length,
                logits,
                block * Core.BLOCK_ROWS,
                vocabSize));
  }
}

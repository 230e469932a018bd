package io.fiddler.kernel.cpu;

import io.fiddler.kernel.RouterBlock;
import io.fiddler.kernel.Routing;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;

/// `normed = rmsNorm(x)` and the experts each row goes to:
///
/// x [rows, hiddenSize] -> normed -> scores [rows, numExperts] -> selected experts [rows, topK].
final class CpuRouter {
  private static final float[] NONE = {};

  private final Core core;
  private final Activations rowsOfNormed;
  private float[] normWeight = NONE;
  private float[] scores = NONE;

  CpuRouter(Core core) {
    this.core = core;
    this.rowsOfNormed = new Activations(core.kernels);
  }

  void run(
      RouterBlock block, int rows, Matrix x, Matrix normed, Matrix hostNormed, Routing routing) {
    Matrix router = block.router();
    if (block.topK() != routing.topK() || block.topK() > router.rows()) {
      throw new IllegalArgumentException(
          "topK must be that of the routing, %d, and at most %d experts, got %d"
              .formatted(routing.topK(), router.rows(), block.topK()));
    }
    norm(block, rows, x, normed, hostNormed);
    score(router, rows);
    routing.rows(rows);
    core.run(
        rows,
        16L * rows * router.rows(),
        (worker, r) ->
            TopK.select(
                scores,
                r * router.rows(),
                router.rows(),
                block.topK(),
                block.renormalise(),
                routing.selectedExperts(),
                routing.routingWeights(),
                r * block.topK()));
  }

  private void norm(RouterBlock block, int rows, Matrix x, Matrix normed, Matrix hostNormed) {
    int hiddenSize = block.router().cols();
    MemorySegment from = core.activations("x", x, rows, hiddenSize);
    MemorySegment to = core.activations("normed", normed, rows, hiddenSize);
    MemorySegment host = hostNormed.memory().segment(MemoryKind.HOST);
    boolean copyToHost = !host.equals(to);
    rowsOfNormed.reset(rows, hiddenSize, block.router().type());
    normWeight = Scratch.atLeast(normWeight, hiddenSize);
    core.kernels.widen(
        block.norm().type(), core.segment(block.norm()), 0, hiddenSize, normWeight, 0);
    core.run(
        rows,
        (long) rows * hiddenSize,
        (worker, r) -> {
          float[] row = core.scratch(worker).row(hiddenSize);
          float[] out = rowsOfNormed.plain();
          int offset = rowsOfNormed.offset(r);
          Core.load(from, r, hiddenSize, row, 0);
          core.kernels.rmsNorm(row, 0, normWeight, hiddenSize, block.rmsNormEps(), out, offset);
          rowsOfNormed.filled(r);
          Core.store(out, offset, to, r, hiddenSize);
          if (copyToHost) {
            Core.store(out, offset, host, r, hiddenSize);
          }
        });
  }

  private void score(Matrix router, int rows) {
    int numExperts = router.rows();
    scores = Scratch.atLeast(scores, Core.length(rows, numExperts));
    core.run(
        Core.blocks(numExperts),
        (long) rows * numExperts * router.cols(),
        (worker, block) ->
            core.multiplyBlock(
                worker,
                router,
                block,
                rowsOfNormed,
                rows,
                scores,
                block * Core.BLOCK_ROWS,
                numExperts));
  }
}

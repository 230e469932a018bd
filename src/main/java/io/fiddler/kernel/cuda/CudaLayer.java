package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.Grid;
import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.RouterBlock;
import io.fiddler.kernel.cuda.Mailbox.Choices;
import io.fiddler.kernel.cuda.Projections.Product;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.ElementType;

/// Attention and router of a layer: `x += oProj(attention(rmsNorm(x)))`, `normed = rmsNorm(x)`, the
/// router's choice, and the publication of both. What it queues depends on the step only by the
/// number of rows launched for and the ranges, so that a decode step can be captured.
final class CudaLayer {
  private final KernelQueue queue;
  private final Scratch scratch;
  private final StepRows step;
  private final Mailbox mailbox;
  private final Projections projections;
  private final RmsNorm rmsNorm;
  private final CudaAttention attention;
  private final TypedKernel router;
  private final CudaFunction addRows;

  CudaLayer(
      CudaDevice device,
      KernelQueue queue,
      Scratch scratch,
      StepRows step,
      Mailbox mailbox,
      Projections projections,
      ElementType cacheType) {
    this.queue = queue;
    this.scratch = scratch;
    this.step = step;
    this.mailbox = mailbox;
    this.projections = projections;
    this.rmsNorm = new RmsNorm(device.kernels(), queue);
    this.attention = new CudaAttention(device.kernels(), cacheType, queue, scratch);
    this.router = TypedKernel.of(device.kernels(), "router");
    this.addRows = device.kernels().function("add_rows", "add_rows");
  }

  /// Queues all of it for the current step.
  void submit(LayerCall call) {
    attend(call);
    route(call);
  }

  private void attend(LayerCall call) {
    AttentionBlock weights = call.attention();
    int rows = step.gridRows();
    // The input of the attention needs no place of its own: the router's is not known yet.
    long normed = call.normed();
    long rounded = scratch.at(Region.ROUNDED);
    boolean rounding =
        projections.useBlas(weights.qProj(), rows)
            || projections.useBlas(weights.kProj(), rows)
            || projections.useBlas(weights.vProj(), rows);
    rmsNorm.run(
        weights.norm(),
        weights.rmsNormEps(),
        call.x(),
        0,
        step.rowCount(),
        rows,
        normed,
        rounding ? rounded : 0);
    projections.multiply(
        normed,
        rounded,
        step.rowCount(),
        rows,
        new Product(weights.qProj(), scratch.at(Region.QUERY)),
        new Product(weights.kProj(), scratch.at(Region.KEY)),
        new Product(weights.vProj(), scratch.at(Region.VALUE)));
    boolean many = projections.useBlas(weights.oProj(), rows);
    attention.run(weights, call.rope(), call.cache(), step, many ? rounded : 0);
    if (!many) {
      projections.few(
          scratch.at(Region.QUERY), step.rowCount(), true, new Product(weights.oProj(), call.x()));
    } else if (!step.isDecode()) {
      projections.many(rounded, new Product(weights.oProj(), call.x()), rows, true);
    } else {
      // A bucket has more rows than x.
      long product = scratch.at(Region.PRODUCT);
      projections.many(rounded, new Product(weights.oProj(), product), rows, false);
      int width = weights.oProj().rows();
      queue.arguments().address(product).address(step.rowCount()).i32(width).address(call.x());
      queue.launch(addRows, queue.elements((long) rows * width));
    }
  }

  private void route(LayerCall call) {
    RouterBlock weights = call.router();
    int rows = step.gridRows();
    int hiddenSize = weights.router().cols();
    int numExperts = weights.router().rows();
    rmsNorm.run(
        weights.norm(), weights.rmsNormEps(), call.x(), 0, step.rowCount(), rows, call.normed(), 0);
    Choices choices =
        new Choices(
            scratch.at(Region.SELECTED), scratch.at(Region.ROUTING_WEIGHTS), weights.topK());
    queue
        .arguments()
        .address(call.normed())
        .address(DeviceRows.address(weights.router()))
        .address(step.rowCount())
        .i32(hiddenSize)
        .i32(numExperts)
        .i32(weights.topK())
        .i32(weights.renormalise() ? 1 : 0)
        .address(choices.selected())
        .address(choices.weights())
        .address(0);
    queue.launch(
        router.of(weights.router().type()),
        new Grid(rows, 1, 1, KernelQueue.BLOCK, numExperts * Float.BYTES));
    mailbox.publish(call.normed(), call.mirror(), step.rowCount(), rows, hiddenSize, choices);
  }
}

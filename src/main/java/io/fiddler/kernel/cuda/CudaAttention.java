package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaKernels;
import io.fiddler.cuda.Grid;
import io.fiddler.cuda.KernelArguments;
import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.ElementType;

/// Rotary embedding, writing of keys and values, and attention over the paged cache. The result
/// takes the place of the queries.
final class CudaAttention {
  private static final int BLOCK = 128;

  /// Query vectors and positions of a block of the prefill kernel.
  private static final int PREFILL_VECTORS = 32;

  /// The same of the kernel on tensor cores.
  private static final int TENSOR_VECTORS = 64;

  private final KernelQueue queue;
  private final Scratch scratch;
  private final AttentionKernels kernels;

  /// @param cacheType type of keys and values in the cache
  CudaAttention(CudaKernels kernels, ElementType cacheType, KernelQueue queue, Scratch scratch) {
    this.queue = queue;
    this.scratch = scratch;
    this.kernels = AttentionKernels.of(kernels, cacheType);
  }

  /// Queues attention of the rows whose query, key and value are in scratch; the result is in
  /// {@link Region#QUERY}.
  ///
  /// @param rope inverse frequencies on the device
  /// @param rounded where the result in bf16 goes; 0 for nowhere
  void run(AttentionBlock attention, long rope, KvLayer cache, StepRows step, long rounded) {
    rotate(attention, rope, cache, step);
    Heads heads = attention.heads();
    AttentionRanges ranges = step.ranges();
    for (int i = 0; i < ranges.count(); i++) {
      // A range of a decode step has as many rows as there are, up to those of the bucket.
      int rows = step.isDecode() ? step.gridRows() : ranges.end(i) - ranges.first(i);
      if (ranges.isPrefill(i)) {
        prefill(heads, cache, step, step.range(i), rows, rounded);
      } else {
        decode(heads, cache, step, step.range(i), rows, rounded);
      }
    }
  }

  private void rotate(AttentionBlock attention, long rope, KvLayer cache, StepRows step) {
    Heads heads = attention.heads();
    int queryWidth = heads.numHeads() * heads.headDim();
    int keyWidth = heads.numKvHeads() * heads.headDim();
    queue
        .arguments()
        .address(scratch.at(Region.QUERY))
        .i32(queryWidth)
        .address(scratch.at(Region.KEY))
        .i32(keyWidth)
        .address(scratch.at(Region.VALUE))
        .i32(keyWidth)
        .address(rope)
        .f32(attention.rope().attentionScaling())
        .address(step.positions())
        .address(step.sequences())
        .address(step.blockTables())
        .i32(StepTable.BLOCK_TABLE_STRIDE)
        .i32(cache.blockTokens())
        .address(step.rowCount())
        .i32(heads.numHeads())
        .i32(heads.numKvHeads())
        .i32(heads.headDim())
        .address(DeviceRows.address(cache.keys()))
        .address(DeviceRows.address(cache.values()));
    int threads = Math.ceilDiv(heads.headDim() / 2, 32) * 32;
    queue.launch(
        kernels.rotary(), Grid.of(heads.numHeads() + heads.numKvHeads(), step.gridRows(), threads));
  }

  private void decode(
      Heads heads, KvLayer cache, StepRows step, long range, int rows, long rounded) {
    long partials = scratch.at(Region.PARTIALS);
    long stats = scratch.at(Region.STATS);
    int splitTokens = scratch.layout().splitTokens();
    int maxSplits = scratch.layout().maxSplits();
    shared(heads, cache, step, range)
        .i32(splitTokens)
        .i32(maxSplits)
        .address(partials)
        .address(stats);
    int splits = queue.cuts((long) heads.numKvHeads() * rows, maxSplits);
    queue.launch(
        kernels.decode(heads.headDim()), new Grid(splits, heads.numKvHeads(), rows, BLOCK, 0));
    queue
        .arguments()
        .address(partials)
        .address(stats)
        .address(step.positions())
        .address(range)
        .i32(heads.numHeads())
        .i32(heads.headDim())
        .i32(heads.slidingWindow())
        .i32(splitTokens)
        .i32(maxSplits)
        .address(scratch.at(Region.QUERY))
        .address(rounded);
    queue.launch(kernels.merge(), Grid.of(heads.numHeads(), rows, BLOCK));
  }

  private void prefill(
      Heads heads, KvLayer cache, StepRows step, long range, int rows, long rounded) {
    // A block has read its queries before it writes, and no other block reads those.
    shared(heads, cache, step, range).address(scratch.at(Region.QUERY)).address(rounded);
    boolean tensor = kernels.usesTensorCores(heads.headDim());
    int vectors = tensor ? TENSOR_VECTORS : PREFILL_VECTORS;
    int vectorsOfRow = Math.min(heads.numHeads() / heads.numKvHeads(), vectors);
    int tiles = Math.ceilDiv(rows, vectors / vectorsOfRow);
    queue.launch(
        kernels.prefill(heads.headDim()),
        new Grid(
            tiles, heads.numKvHeads(), 1, BLOCK, tensor ? 0 : prefillSharedBytes(heads.headDim())));
  }

  /// Dynamic shared memory of a block of the prefill kernel.
  static int prefillSharedBytes(int headDim) {
    int stride = Math.ceilDiv(headDim, 8) * 8 + 4;
    return Float.BYTES * (2 * PREFILL_VECTORS * stride + PREFILL_VECTORS * PREFILL_VECTORS);
  }

  /// The arguments both kernels begin with.
  private KernelArguments shared(Heads heads, KvLayer cache, StepRows step, long range) {
    return queue
        .arguments()
        .address(scratch.at(Region.QUERY))
        .i32(heads.numHeads() * heads.headDim())
        .address(DeviceRows.address(cache.keys()))
        .address(DeviceRows.address(cache.values()))
        .address(step.positions())
        .address(step.sequences())
        .address(step.blockTables())
        .i32(StepTable.BLOCK_TABLE_STRIDE)
        .i32(cache.blockTokens())
        .address(range)
        .i32(heads.numHeads())
        .i32(heads.numKvHeads())
        .i32(heads.headDim())
        .i32(heads.slidingWindow())
        .f32((float) (1 / Math.sqrt(heads.headDim())));
  }
}

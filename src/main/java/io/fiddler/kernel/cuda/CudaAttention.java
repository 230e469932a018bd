package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.CudaKernels;
import io.fiddler.cuda.Grid;
import io.fiddler.cuda.KernelArguments;
import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.cuda.ScratchLayout.Region;

/// Rotary embedding, writing of keys and values, and attention over the paged cache. The result
/// takes the place of the queries.
final class CudaAttention {
  private static final int BLOCK = 128;

  /// Query vectors and positions of a block of the prefill kernel.
  private static final int PREFILL_VECTORS = 32;

  private final KernelQueue queue;
  private final Scratch scratch;
  private final CudaFunction rotary;
  private final CudaFunction merge;
  private final ByWidth decode;
  private final ByWidth prefill;
  private final CudaFunction decodeOdd;

  /// A kernel in variants by the widest head they take.
  private record ByWidth(CudaFunction to64, CudaFunction to128, CudaFunction to256) {
    static ByWidth of(CudaKernels kernels, String name) {
      return new ByWidth(
          kernels.function(name, name + "_64"),
          kernels.function(name, name + "_128"),
          kernels.function(name, name + "_256"));
    }

    CudaFunction of(int headDim) {
      return headDim <= 64 ? to64 : headDim <= 128 ? to128 : to256;
    }
  }

  CudaAttention(CudaKernels kernels, KernelQueue queue, Scratch scratch) {
    this.queue = queue;
    this.scratch = scratch;
    this.rotary = kernels.function("rotary_kv", "rotary_kv");
    this.merge = kernels.function("attention_decode", "attention_merge");
    this.decode = ByWidth.of(kernels, "attention_decode");
    this.decodeOdd = kernels.function("attention_decode", "attention_decode_any");
    this.prefill = ByWidth.of(kernels, "attention_prefill");
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
        rotary, Grid.of(heads.numHeads() + heads.numKvHeads(), step.gridRows(), threads));
  }

  private void decode(
      Heads heads, KvLayer cache, StepRows step, long range, int rows, long rounded) {
    long partials = scratch.at(Region.PARTIALS);
    long stats = scratch.at(Region.STATS);
    int splitTokens = scratch.layout().splitTokens();
    int maxSplits = scratch.layout().maxSplits();
    boolean odd = heads.headDim() > 64 && heads.headDim() % 4 != 0;
    shared(heads, cache, step, range)
        .i32(splitTokens)
        .i32(maxSplits)
        .address(partials)
        .address(stats);
    int splits = queue.cuts((long) heads.numKvHeads() * rows, maxSplits);
    queue.launch(
        odd ? decodeOdd : decode.of(heads.headDim()),
        new Grid(splits, heads.numKvHeads(), rows, BLOCK, 0));
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
    queue.launch(merge, Grid.of(heads.numHeads(), rows, BLOCK));
  }

  private void prefill(
      Heads heads, KvLayer cache, StepRows step, long range, int rows, long rounded) {
    // A block has read its queries before it writes, and no other block reads those.
    shared(heads, cache, step, range).address(scratch.at(Region.QUERY)).address(rounded);
    int vectorsOfRow = Math.min(heads.numHeads() / heads.numKvHeads(), PREFILL_VECTORS);
    int tiles = Math.ceilDiv(rows, PREFILL_VECTORS / vectorsOfRow);
    queue.launch(
        prefill.of(heads.headDim()),
        new Grid(tiles, heads.numKvHeads(), 1, BLOCK, prefillSharedBytes(heads.headDim())));
  }

  /// Dynamic shared memory of a block of the prefill kernel.
  static int prefillSharedBytes(int headDim) {
    int stride = Math.ceilDiv(headDim, 8) * 8 + 4;
    return Float.BYTES * (2 * PREFILL_VECTORS * stride + PREFILL_VECTORS * PREFILL_VECTORS);
  }

  /// The arguments both kernels begin with.
  private KernelArguments shared(
      Heads heads, KvLayer cache, StepRows step, long range) {
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

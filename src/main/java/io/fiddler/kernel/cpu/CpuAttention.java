package io.fiddler.kernel.cpu;

import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.StepInput;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// `x += oProj(attention(rmsNorm(x)))`:
///
/// x [rows, hiddenSize] -> normed -> query [rows, numHeads * headDim], keyValue [rows, 2 *
/// numKvHeads * headDim] -> rotated, cached -> attended [rows, numHeads * headDim] -> added to x.
final class CpuAttention {
  private static final float[] NONE = {};

  private final Core core;
  private final Activations normed;
  private final Activations attended;
  private float[] query = NONE;
  private float[] keyValue = NONE;
  private float[] normWeight = NONE;

  CpuAttention(Core core) {
    this.core = core;
    this.normed = new Activations(core.kernels);
    this.attended = new Activations(core.kernels);
  }

  void run(AttentionBlock block, KvLayer cache, StepInput input, Matrix x) {
    int rows = input.rows();
    int hiddenSize = block.qProj().cols();
    MemorySegment xs = core.activations("x", x, rows, hiddenSize);
    norm(block, rows, hiddenSize, xs);
    project(block, rows);
    PagedKv kv = paged(cache, block.heads());
    rotateAndCache(block, kv, cache.keys().rows(), input);
    attend(block.heads(), block.oProj().type(), kv, input);
    addProjected(block.oProj(), rows, xs);
  }

  private void norm(AttentionBlock block, int rows, int hiddenSize, MemorySegment xs) {
    normed.reset(
        rows, hiddenSize, block.qProj().type(), block.kProj().type(), block.vProj().type());
    Matrix norm = block.norm();
    normWeight = Scratch.atLeast(normWeight, hiddenSize);
    core.kernels.widen(norm.type(), core.segment(norm), 0, hiddenSize, normWeight, 0);
    core.run(
        rows,
        (long) rows * hiddenSize,
        (worker, r) -> {
          float[] row = core.scratch(worker).row(hiddenSize);
          Core.load(xs, r, hiddenSize, row, 0);
          core.kernels.rmsNorm(
              row, 0, normWeight, hiddenSize, block.rmsNormEps(), normed.plain(), normed.offset(r));
          normed.filled(r);
        });
  }

  /// Query, key and value of all rows in one region, block by block of their weights.
  private void project(AttentionBlock block, int rows) {
    int queryWidth = block.qProj().rows();
    int kvWidth = block.kProj().rows();
    query = Scratch.atLeast(query, Core.length(rows, queryWidth));
    keyValue = Scratch.atLeast(keyValue, Core.length(rows, 2L * kvWidth));
    int queryBlocks = Core.blocks(queryWidth);
    int kvBlocks = Core.blocks(kvWidth);
    core.run(
        queryBlocks + 2 * kvBlocks,
        (long) rows * (queryWidth + 2 * kvWidth) * block.qProj().cols(),
        (worker, unit) -> {
          if (unit < queryBlocks) {
            multiply(worker, block.qProj(), unit, rows, query, 0, queryWidth);
          } else if (unit < queryBlocks + kvBlocks) {
            multiply(worker, block.kProj(), unit - queryBlocks, rows, keyValue, 0, 2 * kvWidth);
          } else {
            int unitOfV = unit - queryBlocks - kvBlocks;
            multiply(worker, block.vProj(), unitOfV, rows, keyValue, kvWidth, 2 * kvWidth);
          }
        });
  }

  private void multiply(
      int worker, Matrix weights, int unit, int rows, float[] out, int outOffset, int outStride) {
    core.multiplyBlock(
        worker, weights, unit, normed, rows, out, outOffset + unit * Core.BLOCK_ROWS, outStride);
  }

  private PagedKv paged(KvLayer cache, AttentionBlock.Heads heads) {
    int width = heads.numKvHeads() * heads.headDim();
    MemorySegment keys = core.activations("keys", cache.keys(), 0, width);
    MemorySegment values = core.activations("values", cache.values(), cache.keys().rows(), width);
    return new PagedKv(keys, values, width, cache.blockTokens());
  }

  private void rotateAndCache(AttentionBlock block, PagedKv kv, int cacheRows, StepInput input) {
    AttentionBlock.Heads heads = block.heads();
    int headDim = heads.headDim();
    int queryWidth = heads.numHeads() * headDim;
    core.run(
        input.rows(),
        16L * input.rows() * (queryWidth + kv.width()),
        (worker, r) -> {
          float[] cosSin = core.scratch(worker).row(headDim);
          RotaryEmbedding.angles(block.rope(), input.positions()[r], cosSin);
          RotaryEmbedding.rotate(cosSin, heads.numHeads(), headDim, query, r * queryWidth);
          int key = r * 2 * kv.width();
          RotaryEmbedding.rotate(cosSin, heads.numKvHeads(), headDim, keyValue, key);
          int[] table = input.blockTables()[input.sequenceOfRow()[r]];
          int cacheRow = kv.row(table, input.positions()[r]);
          if (cacheRow >= cacheRows) {
            throw new IllegalArgumentException(
                "block table of sequence %d points to cache row %d of %d"
                    .formatted(input.sequenceOfRow()[r], cacheRow, cacheRows));
          }
          Core.store(keyValue, key, kv.keys(), cacheRow, kv.width());
          Core.store(keyValue, key + kv.width(), kv.values(), cacheRow, kv.width());
        });
  }

  private void attend(
      AttentionBlock.Heads heads, ElementType weights, PagedKv kv, StepInput input) {
    int numHeads = heads.numHeads();
    int headDim = heads.headDim();
    int headsPerKvHead = numHeads / heads.numKvHeads();
    attended.reset(input.rows(), numHeads * headDim, weights);
    long positions = 0;
    for (int position : input.positions()) {
      positions += position + 1;
    }
    core.run(
        Math.multiplyExact(input.rows(), numHeads),
        2 * positions * numHeads * headDim,
        (worker, unit) -> {
          int r = unit / numHeads;
          int head = unit % numHeads;
          int position = input.positions()[r];
          int window = heads.slidingWindow();
          core.kernels.attend(
              query,
              unit * headDim,
              headDim,
              kv,
              input.blockTables()[input.sequenceOfRow()[r]],
              head / headsPerKvHead * headDim,
              window > 0 ? Math.max(0, position - window + 1) : 0,
              position,
              core.scratch(worker),
              attended.plain(),
              unit * headDim);
        });
    if (core.kernels.arranges(weights)) {
      core.run(
          input.rows(),
          (long) input.rows() * numHeads * headDim,
          (worker, r) -> attended.filled(r));
    }
  }

  private void addProjected(Matrix oProj, int rows, MemorySegment xs) {
    int hiddenSize = oProj.rows();
    core.run(
        Core.blocks(hiddenSize),
        (long) rows * hiddenSize * oProj.cols(),
        (worker, unit) -> {
          Scratch scratch = core.scratch(worker);
          int first = unit * Core.BLOCK_ROWS;
          int weightRows = Core.blockRows(hiddenSize, unit);
          float[] tile = scratch.gate(Core.length(rows, Core.BLOCK_ROWS));
          core.multiplyBlock(worker, oProj, unit, attended, rows, tile, 0, Core.BLOCK_ROWS);
          for (int t = 0; t < rows; t++) {
            Core.addAt(tile, t * Core.BLOCK_ROWS, xs, (long) t * hiddenSize + first, weightRows);
          }
        });
  }
}

package io.fiddler.kernel.cuda;

import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.AttentionBlock.Rope;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.RouterBlock;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.StepInput;
import io.fiddler.kernel.cpu.CpuSegments;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.kernel.cuda.GpuBench.Twin;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/// A random layer on both sides, with keys and values of earlier positions in its cache, and steps
/// for it.
@NullMarked
final class LayerScene {
  static final int MAX_ROWS = 200;
  static final int NUM_EXPERTS = 7;
  static final int TOP_K = 2;
  static final float EPS = 1e-5f;

  private static final int BLOCK_TOKENS = 16;
  private static final int BLOCKS = 260;
  private static final int LONGEST = 900;

  private final GpuBench bench;
  private final ElementType type;
  private final ElementType cacheType;
  private final Heads heads;
  private final int hiddenSize;
  private final AttentionBlock onHost;
  private final AttentionBlock onDevice;
  private final Twin routerNorm;
  final Twin router;
  private final Twin keys;
  private final Twin values;
  private final KvLayer hostCache;
  private final KvLayer deviceCache;
  private final RouterBlock hostRouter;
  private final RouterBlock deviceRouter;
  final boolean renormalise;

  LayerScene(GpuBench bench, ElementType type, ElementType cacheType, Heads heads, int hiddenSize) {
    this.bench = bench;
    this.type = type;
    this.cacheType = cacheType;
    this.heads = heads;
    this.hiddenSize = hiddenSize;
    int queryWidth = heads.numHeads() * heads.headDim();
    int keyWidth = heads.numKvHeads() * heads.headDim();
    double scale = 1 / Math.sqrt(hiddenSize);
    Twin norm = bench.norm(type, hiddenSize);
    Twin q = bench.normal(type, queryWidth, hiddenSize, scale);
    Twin k = bench.normal(type, keyWidth, hiddenSize, scale);
    Twin v = bench.normal(type, keyWidth, hiddenSize, scale);
    Twin o = bench.normal(type, hiddenSize, queryWidth, 1 / Math.sqrt(queryWidth));
    float[] frequencies = new float[heads.headDim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) Math.pow(10_000, -2.0 * i / heads.headDim());
    }
    Rope rope = new Rope(frequencies, 1.1f);
    onHost =
        new AttentionBlock(norm.host(), EPS, q.host(), k.host(), v.host(), o.host(), heads, rope);
    onDevice =
        new AttentionBlock(
            norm.device(), EPS, q.device(), k.device(), v.device(), o.device(), heads, rope);
    routerNorm = bench.norm(type, hiddenSize);
    router = bench.normal(type, NUM_EXPERTS, hiddenSize, 2 * scale);
    renormalise = bench.random().nextBoolean();
    hostRouter = new RouterBlock(routerNorm.host(), EPS, router.host(), TOP_K, renormalise);
    deviceRouter = new RouterBlock(routerNorm.device(), EPS, router.device(), TOP_K, renormalise);
    keys = bench.cache(cacheType, BLOCKS * BLOCK_TOKENS, keyWidth);
    values = bench.cache(cacheType, BLOCKS * BLOCK_TOKENS, keyWidth);
    hostCache = new KvLayer(keys.host(), values.host(), BLOCK_TOKENS);
    deviceCache = new KvLayer(keys.device(), values.device(), BLOCK_TOKENS);
  }

  /// Whether the device rounds keys and values, or activations in a step of so many rows, to bf16.
  boolean rounds(int rows) {
    return cacheType == ElementType.BF16
        || (type == ElementType.BF16 && rows > Projections.MAX_FEW_ROWS);
  }

  @Override
  public String toString() {
    return "%s, cache %s, %s, hidden %d".formatted(type, cacheType, heads, hiddenSize);
  }

  Shape shape() {
    return new Shape(
        MAX_ROWS,
        hiddenSize,
        32,
        List.of(heads),
        new Shape.Experts(TOP_K, new ExpertFormat(type, hiddenSize, 32, 1)),
        new Shape.Cache(BLOCKS, BLOCK_TOKENS, LONGEST, cacheType));
  }

  /// A step of sequences with these numbers of rows each, after as many earlier positions as fit
  /// their share of the cache.
  StepInput step(int... rowsOfSequences) {
    int rows = Arrays.stream(rowsOfSequences).sum();
    int[] blocks = new int[BLOCKS];
    Arrays.setAll(blocks, i -> i);
    for (int i = BLOCKS - 1; i > 0; i--) {
      int other = bench.random().nextInt(i + 1);
      int block = blocks[i];
      blocks[i] = blocks[other];
      blocks[other] = block;
    }
    int[][] tables = new int[rowsOfSequences.length][];
    int[] positions = new int[rows];
    int[] sequences = new int[rows];
    int row = 0;
    int nextBlock = 0;
    for (int s = 0; s < tables.length; s++) {
      int left = tables.length - s;
      int share = Math.min((BLOCKS - nextBlock) / left * BLOCK_TOKENS, LONGEST);
      int longestBefore = Math.max(0, share - rowsOfSequences[s]);
      // Sequences with many rows need more than an equal share; they come with little before.
      int before = longestBefore == 0 ? 0 : bench.random().nextInt(longestBefore + 1);
      int used = Math.ceilDiv(before + rowsOfSequences[s], BLOCK_TOKENS);
      tables[s] = Arrays.copyOfRange(blocks, nextBlock, nextBlock + used);
      nextBlock += used;
      for (int i = 0; i < rowsOfSequences[s]; i++) {
        positions[row] = before + i;
        sequences[row++] = s;
      }
    }
    return new StepInput(new int[rows], positions, sequences, tables);
  }

  /// What a run gave.
  @SuppressWarnings("ArrayRecordComponent") // read by tests, never compared
  record Outcome(float[] x, float[] normed, float[] hostNormed, Routing routing) {}

  Outcome onCpu(CpuSegments cpu, StepInput input, Twin x) {
    Matrix own = bench.host(ElementType.F32, x.host().rows(), hiddenSize);
    own.memory().segment(MemoryKind.HOST).copyFrom(x.host().memory().segment(MemoryKind.HOST));
    Matrix normed = bench.host(ElementType.F32, input.rows(), hiddenSize);
    Routing routing = new Routing(input.rows(), TOP_K);
    cpu.attendAndRoute(onHost, hostRouter, hostCache, input, own, normed, normed, routing);
    float[] rows = GpuBench.values(normed);
    return new Outcome(GpuBench.values(own), rows, rows, routing);
  }

  /// Runs on `x`, which is changed; keys and values are written to the cache.
  Outcome onGpu(CudaSegments gpu, StepInput input, Matrix x, Matrix normed, Matrix hostNormed) {
    Routing routing = new Routing(input.rows(), TOP_K);
    gpu.attendAndRoute(onDevice, deviceRouter, deviceCache, input, x, normed, hostNormed, routing);
    // Copied before the device is waited for: it must be there when the call returns.
    float[] host = GpuBench.values(hostNormed);
    return new Outcome(bench.read(x), bench.read(normed), host, routing);
  }
}

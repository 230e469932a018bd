package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.AttentionBlock.Rope;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.RouterBlock;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.StepInput;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every kernel set must do with the dense segments, through {@link CpuSegments}, on the
/// memory of an emulated device.
abstract class SegmentsContract {
  private static final long SEED = 402070330;
  private static final int BLOCK_TOKENS = 4;
  private static final float EPS = 1e-5f;

  private final Arena arena = Arena.ofShared();
  private final TestMatrices device = new TestMatrices(arena, MemoryKind.DEVICE, SEED);
  private final TestMatrices host = new TestMatrices(arena, MemoryKind.HOST, SEED);
  private final WorkerPool pool = new WorkerPool(2);
  private CpuSegments segments;

  abstract CpuKernels kernels();

  @BeforeEach
  void open() {
    segments = new CpuSegments(kernels(), pool, MemoryKind.DEVICE);
  }

  @AfterEach
  void free() {
    segments.close();
    pool.close();
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void embed_copiesRowsOfTheTable_exactly(ElementType type) {
    Matrix table = device.normal(type, 11, 37, 1);
    Matrix x = device.zeros(ElementType.F32, 4, 37);
    segments.embed(table, tokens(3, 0, 10, 3), x);
    assertThat(TestMatrices.row(x, 0)).isEqualTo(TestMatrices.row(table, 3));
    assertThat(TestMatrices.row(x, 1)).isEqualTo(TestMatrices.row(table, 0));
    assertThat(TestMatrices.row(x, 2)).isEqualTo(TestMatrices.row(table, 10));
    assertThat(TestMatrices.row(x, 3)).isEqualTo(TestMatrices.row(table, 3));
  }

  @Test
  void embed_refuses_whenATokenIsOutsideTheTable() {
    Matrix table = device.zeros(ElementType.BF16, 11, 5);
    Matrix x = device.zeros(ElementType.F32, 2, 5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> segments.embed(table, tokens(1, 11), x))
        .withMessage("token must be in [0, 11), got 11 (row 1)");
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void attendAndRoute_agreesWithFloat64_forAPromptInOneChunk(ElementType type) {
    for (Layer layer :
        List.of(
            new Layer(device, type, 64, new Heads(4, 2, 16, 0)),
            new Layer(device, type, 207, new Heads(6, 2, 34, 5)),
            new Layer(device, type, 13, new Heads(3, 3, 2, 1)))) {
      int rows = 11;
      Matrix before = device.normal(ElementType.F32, rows, layer.hiddenSize, 1);
      Result result = run(layer, before, prompt(0, rows));
      double[][] expected = layer.reference(before);
      for (int r = 0; r < rows; r++) {
        double[] normed = Float64.rmsNorm(expected[r], layer.router.norm(), EPS);
        double tolerance = 8 * Float64.EPS * (layer.hiddenSize + 200) * size(expected[r]);
        for (int i = 0; i < layer.hiddenSize; i++) {
          String where = "%s, row %d, column %d, seed %d".formatted(layer, r, i, SEED);
          assertThat((double) TestMatrices.get(result.x, r, i))
              .as(where)
              .isCloseTo(expected[r][i], within(tolerance));
          assertThat((double) TestMatrices.get(result.normed, r, i))
              .as(where)
              .isCloseTo(normed[i], within(4 * tolerance));
        }
        assertRouting(layer, normed, result.routing, r);
      }
      assertThat(TestMatrices.values(result.hostNormed))
          .isEqualTo(TestMatrices.values(result.normed));
      assertThat(result.routing.rows()).isEqualTo(rows);
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void attendAndRoute_givesTheSameBits_howeverAPromptIsChunked(ElementType type) {
    for (int window : new int[] {0, 6}) {
      for (int hiddenSize : new int[] {64, 77}) {
        Layer layer = new Layer(device, type, hiddenSize, new Heads(4, 2, 32, window));
        int rows = 33;
        Matrix before = device.normal(ElementType.F32, rows, hiddenSize, 1);
        Result whole = run(layer, before, prompt(0, rows));
        for (int chunk : new int[] {1, 2, 7, 16}) {
          layer.clearCache();
          for (int first = 0; first < rows; first += chunk) {
            int count = Math.min(chunk, rows - first);
            Result part = run(layer, before.rows(first, count), prompt(first, count));
            String where =
                "%s, rows [%d, +%d) of %d, seed %d".formatted(layer, first, count, rows, SEED);
            assertThat(TestMatrices.values(part.x))
                .as(where)
                .isEqualTo(TestMatrices.values(whole.x.rows(first, count)));
            assertThat(TestMatrices.values(part.normed))
                .as(where)
                .isEqualTo(TestMatrices.values(whole.normed.rows(first, count)));
            assertSameRouting(part.routing, whole.routing, first, count, where);
          }
        }
      }
    }
  }

  @Test
  void attendAndRoute_givesTheSameBits_whenSequencesShareAStep() {
    Layer layer = new Layer(device, ElementType.BF16, 48, new Heads(2, 1, 16, 0));
    Matrix first = device.normal(ElementType.F32, 6, 48, 1);
    Matrix second = device.normal(ElementType.F32, 3, 48, 1);
    int[][] tables = {{5, 0, 3}, {1, 4, 2}};
    Result alone = run(layer, first, new StepInput(new int[6], range(0, 6), new int[6], tables));
    layer.clearCache();
    Result other =
        run(layer, second, new StepInput(new int[3], range(0, 3), new int[] {1, 1, 1}, tables));
    layer.clearCache();
    Matrix both = device.zeros(ElementType.F32, 9, 48);
    int[] sequences = {0, 1, 0, 0, 1, 0, 1, 0, 0};
    int[] positions = {0, 0, 1, 2, 1, 3, 2, 4, 5};
    for (int r = 0; r < 9; r++) {
      Matrix from = sequences[r] == 0 ? first : second;
      for (int i = 0; i < 48; i++) {
        TestMatrices.set(both, r * 48L + i, TestMatrices.get(from, positions[r], i));
      }
    }
    Result together = run(layer, both, new StepInput(new int[9], positions, sequences, tables));
    for (int r = 0; r < 9; r++) {
      Matrix expected = sequences[r] == 0 ? alone.x : other.x;
      assertThat(TestMatrices.row(together.x, r))
          .as("row %d, seed %d", r, SEED)
          .isEqualTo(TestMatrices.row(expected, positions[r]));
    }
  }

  @Test
  void attendAndRoute_writesNormedOnce_whenTheDeviceComputesInHostMemory() {
    try (CpuSegments onHost = new CpuSegments(kernels(), pool, MemoryKind.HOST)) {
      Layer layer = new Layer(host, ElementType.BF16, 32, new Heads(2, 2, 8, 0));
      Matrix x = host.normal(ElementType.F32, 2, 32, 1);
      Matrix normed = host.zeros(ElementType.F32, 2, 32);
      Routing routing = new Routing(2, 2);
      onHost.attendAndRoute(
          layer.attention, layer.router, layer.cache, prompt(0, 2), x, normed, normed, routing);
      double[] expected =
          Float64.rmsNorm(doubles(TestMatrices.row(x, 1)), layer.router.norm(), EPS);
      for (int i = 0; i < 32; i++) {
        assertThat((double) TestMatrices.get(normed, 1, i)).isCloseTo(expected[i], within(1e-5));
      }
    }
  }

  @Test
  void combine_addsPartsInOrder() {
    // Row 0: expert A in one part (0), expert B in three (1, then 4 and 6). Row 1: parts 2 and 3.
    Matrix parts = device.normal(ElementType.F32, 7, 21, 1);
    Matrix x = device.normal(ElementType.F32, 2, 21, 1);
    float[] before = TestMatrices.values(x);
    CombineInput input =
        new CombineInput(
            2,
            new int[] {0, 1, 2, 3},
            new int[] {-1, 4, -1, -1},
            new int[] {0, 2, 0, 0},
            new int[] {0, 2, 0, 0},
            new float[] {0.25f, 0.75f, 0.6f, 0.4f});
    segments.combine(input, parts, x);
    for (int i = 0; i < 21; i++) {
      float b = TestMatrices.get(parts, 1, i) + TestMatrices.get(parts, 4, i);
      b += TestMatrices.get(parts, 6, i);
      float row0 = 0.25f * TestMatrices.get(parts, 0, i) + 0.75f * b;
      float row1 = 0.6f * TestMatrices.get(parts, 2, i) + 0.4f * TestMatrices.get(parts, 3, i);
      assertThat(TestMatrices.get(x, 0, i)).isEqualTo(before[i] + row0);
      assertThat(TestMatrices.get(x, 1, i)).isEqualTo(before[21 + i] + row1);
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void head_agreesWithFloat64_andGivesTheSameBitsForARowAlone(ElementType type) {
    Matrix norm = device.normal(type, 1, 77, 1);
    Matrix head = device.normal(type, 101, 77, 0.1);
    Matrix x = device.normal(ElementType.F32, 33, 77, 3);
    int[] rows = {32, 0, 5, 5, 7, 31, 9};
    float[] logits = new float[rows.length * 101];
    segments.head(norm, EPS, head, rows, x, logits);
    for (int i = 0; i < rows.length; i++) {
      double[] normed = Float64.rmsNorm(doubles(TestMatrices.row(x, rows[i])), norm, EPS);
      double[] expected = Float64.multiply(head, normed);
      double tolerance = Float64.EPS * (77 + 20) * size(expected);
      for (int v = 0; v < 101; v++) {
        assertThat((double) logits[i * 101 + v])
            .as("%s, row %d, token %d, seed %d", type, rows[i], v, SEED)
            .isCloseTo(expected[v], within(tolerance));
      }
      float[] alone = new float[101];
      segments.head(norm, EPS, head, new int[] {rows[i]}, x, alone);
      assertThat(alone).isEqualTo(Arrays.copyOfRange(logits, i * 101, (i + 1) * 101));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void select_takesTheLowerIndexFirst_whenScoresTie(boolean renormalise) {
    float[] scores = {1, 3, 3, 2, 3};
    int[] experts = new int[3];
    float[] weights = new float[3];
    TopK.select(scores, 0, 5, 3, renormalise, experts, weights, 0);
    assertThat(experts).containsExactly(1, 2, 4);
    double[] softmax = Float64.softmax(new double[] {1, 3, 3, 2, 3});
    double expected = renormalise ? 1 / 3.0 : softmax[1];
    assertThat((double) weights[0]).isCloseTo(expected, within(1e-6));
    assertThat(weights).containsOnly(weights[0]);
  }

  @Test
  void segments_refuse_whenClosedOrGivenTheOtherKindOfMemory() {
    Matrix table = host.zeros(ElementType.BF16, 4, 8);
    Matrix x = device.zeros(ElementType.F32, 1, 8);
    assertThatIllegalStateException()
        .isThrownBy(() -> segments.embed(table, tokens(0), x))
        .withMessage("expected DEVICE memory, got HOST");
    segments.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> segments.embed(table, tokens(0), x))
        .withMessage("the segments are closed");
  }

  private record Result(Matrix x, Matrix normed, Matrix hostNormed, Routing routing) {}

  private Result run(Layer layer, Matrix before, StepInput input) {
    int rows = before.rows();
    Matrix x = device.zeros(ElementType.F32, rows, before.cols());
    for (int i = 0; i < rows * before.cols(); i++) {
      TestMatrices.set(x, i, TestMatrices.get(before, i));
    }
    Result result =
        new Result(
            x,
            device.zeros(ElementType.F32, rows, before.cols()),
            host.zeros(ElementType.F32, rows, before.cols()),
            new Routing(64, 2));
    segments.attendAndRoute(
        layer.attention,
        layer.router,
        layer.cache,
        input,
        x,
        result.normed,
        result.hostNormed,
        result.routing);
    return result;
  }

  /// A decoder layer up to its router, with its cache.
  private static final class Layer {
    private static final int CACHE_BLOCKS = 12;

    final int hiddenSize;
    final AttentionBlock attention;
    final RouterBlock router;
    final KvLayer cache;

    Layer(TestMatrices matrices, ElementType type, int hiddenSize, Heads heads) {
      this.hiddenSize = hiddenSize;
      int queryWidth = heads.numHeads() * heads.headDim();
      int kvWidth = heads.numKvHeads() * heads.headDim();
      double scale = 1 / Math.sqrt(hiddenSize);
      float[] frequencies = new float[heads.headDim() / 2];
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = (float) Math.pow(10_000, -2.0 * i / heads.headDim());
      }
      attention =
          new AttentionBlock(
              matrices.normal(type, 1, hiddenSize, 1),
              EPS,
              matrices.normal(type, queryWidth, hiddenSize, scale),
              matrices.normal(type, kvWidth, hiddenSize, scale),
              matrices.normal(type, kvWidth, hiddenSize, scale),
              matrices.normal(type, hiddenSize, queryWidth, 1 / Math.sqrt(queryWidth)),
              heads,
              new Rope(frequencies, 1.25f));
      router =
          new RouterBlock(
              matrices.normal(type, 1, hiddenSize, 1),
              EPS,
              matrices.normal(type, 8, hiddenSize, scale),
              2,
              true);
      cache =
          new KvLayer(
              matrices.zeros(ElementType.F32, CACHE_BLOCKS * BLOCK_TOKENS, kvWidth),
              matrices.zeros(ElementType.F32, CACHE_BLOCKS * BLOCK_TOKENS, kvWidth),
              BLOCK_TOKENS);
    }

    /// Forgets all keys; NaN, so that reading one that was not written again shows.
    void clearCache() {
      for (long i = 0; i < (long) cache.keys().rows() * cache.keys().cols(); i++) {
        TestMatrices.set(cache.keys(), i, Float.NaN);
        TestMatrices.set(cache.values(), i, Float.NaN);
      }
    }

    /// `x` after attention over a prompt that begins at position 0.
    double[][] reference(Matrix x) {
      List<double[]> keys = new ArrayList<>();
      List<double[]> values = new ArrayList<>();
      double[][] out = new double[x.rows()][];
      Heads heads = attention.heads();
      int headDim = heads.headDim();
      for (int r = 0; r < x.rows(); r++) {
        out[r] = doubles(TestMatrices.row(x, r));
        double[] normed = Float64.rmsNorm(out[r], attention.norm(), EPS);
        double[] query = Float64.multiply(attention.qProj(), normed);
        double[] key = Float64.multiply(attention.kProj(), normed);
        Float64.rotate(attention.rope(), r, query, headDim);
        Float64.rotate(attention.rope(), r, key, headDim);
        keys.add(key);
        values.add(Float64.multiply(attention.vProj(), normed));
        int from = heads.slidingWindow() > 0 ? Math.max(0, r + 1 - heads.slidingWindow()) : 0;
        double[] attended = new double[query.length];
        for (int head = 0; head < heads.numHeads(); head++) {
          int kv = head / (heads.numHeads() / heads.numKvHeads()) * headDim;
          double[] scores = new double[r + 1 - from];
          for (int p = from; p <= r; p++) {
            for (int d = 0; d < headDim; d++) {
              scores[p - from] += query[head * headDim + d] * keys.get(p)[kv + d];
            }
            scores[p - from] /= Math.sqrt(headDim);
          }
          double[] weights = Float64.softmax(scores);
          for (int p = from; p <= r; p++) {
            for (int d = 0; d < headDim; d++) {
              attended[head * headDim + d] += weights[p - from] * values.get(p)[kv + d];
            }
          }
        }
        double[] projected = Float64.multiply(attention.oProj(), attended);
        for (int i = 0; i < projected.length; i++) {
          out[r][i] += projected[i];
        }
      }
      return out;
    }

    @Override
    public String toString() {
      return attention.qProj().type() + " hiddenSize " + hiddenSize + " " + attention.heads();
    }
  }

  private static void assertRouting(Layer layer, double[] normed, Routing routing, int row) {
    double[] weights = Float64.softmax(Float64.multiply(layer.router.router(), normed));
    Integer[] order = {0, 1, 2, 3, 4, 5, 6, 7};
    Arrays.sort(order, (a, b) -> Double.compare(weights[b], weights[a]));
    double total = weights[order[0]] + weights[order[1]];
    for (int k = 0; k < 2; k++) {
      String where = "%s, row %d, choice %d, seed %d".formatted(layer, row, k, SEED);
      assertThat(routing.selectedExperts()[row * 2 + k]).as(where).isEqualTo(order[k]);
      assertThat((double) routing.routingWeights()[row * 2 + k])
          .as(where)
          .isCloseTo(weights[order[k]] / total, within(1e-4));
    }
  }

  private static void assertSameRouting(
      Routing part, Routing whole, int first, int count, String where) {
    assertThat(Arrays.copyOf(part.selectedExperts(), 2 * count))
        .as(where)
        .isEqualTo(Arrays.copyOfRange(whole.selectedExperts(), 2 * first, 2 * (first + count)));
    assertThat(Arrays.copyOf(part.routingWeights(), 2 * count))
        .as(where)
        .isEqualTo(Arrays.copyOfRange(whole.routingWeights(), 2 * first, 2 * (first + count)));
  }

  private static StepInput tokens(int... tokens) {
    return new StepInput(tokens, new int[tokens.length], new int[tokens.length], new int[][] {{0}});
  }

  /// Rows of one sequence whose blocks are scattered.
  private static StepInput prompt(int first, int count) {
    int[][] tables = {{7, 2, 11, 0, 9, 4, 1, 10, 3}};
    return new StepInput(new int[count], range(first, count), new int[count], tables);
  }

  private static int[] range(int first, int count) {
    int[] range = new int[count];
    for (int i = 0; i < count; i++) {
      range[i] = first + i;
    }
    return range;
  }

  private static double[] doubles(float[] values) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i];
    }
    return out;
  }

  /// A typical magnitude: at least 1, at least the largest element.
  private static double size(double[] values) {
    double size = 1;
    for (double value : values) {
      size = Math.max(size, Math.abs(value));
    }
    return size;
  }
}

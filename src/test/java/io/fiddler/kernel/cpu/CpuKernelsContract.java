package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What every kernel set must do, operation by operation.
abstract class CpuKernelsContract {
  private static final long SEED = 65537;
  private static final int[] ODD_SIZES = {1, 2, 13, 31, 32, 33, 64, 97, 207, 702, 4098};

  private final Arena arena = Arena.ofShared();
  private final TestMatrices matrices = new TestMatrices(arena, MemoryKind.HOST, SEED);
  private final Scratch scratch = new Scratch();
  private CpuKernels kernels = new ScalarKernels();

  abstract CpuKernels create();

  @BeforeEach
  void choose() {
    kernels = create();
  }

  @AfterEach
  void free() {
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void multiply_agreesWithFloat64AndTheReference_whateverTheLength(ElementType type) {
    for (int cols : ODD_SIZES) {
      int rows = 7;
      int count = 5;
      Matrix weights = matrices.normal(type, rows, cols, 1);
      float[] x = matrices.normals(count * cols, 1);
      float[] out = multiply(kernels, weights, x, count);
      float[] reference = multiply(new ScalarKernels(), weights, x, count);
      for (int t = 0; t < count; t++) {
        Float64.Bounded[] row = Float64.exact(Arrays.copyOfRange(x, t * cols, (t + 1) * cols));
        for (int r = 0; r < rows; r++) {
          Float64.Bounded expected = Float64.dot(weights, r, row);
          String where = "%s [%d, %d], row %d, seed %d".formatted(type, rows, cols, r, SEED);
          assertThat((double) out[t * rows + r])
              .as(where)
              .isCloseTo(expected.value(), within(expected.error()));
          assertThat((double) out[t * rows + r])
              .as(where)
              .isCloseTo(reference[t * rows + r], within(2 * expected.error()));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void multiply_givesTheSameBits_whateverTheRowsBesides(ElementType type) {
    for (int cols : new int[] {13, 207, 256, 1000}) {
      Matrix weights = matrices.normal(type, 11, cols, 1);
      float[] x = matrices.normals(33 * cols, 1);
      float[] alone = new float[33 * 11];
      for (int t = 0; t < 33; t++) {
        float[] row = Arrays.copyOfRange(x, t * cols, (t + 1) * cols);
        for (int r = 0; r < 11; r++) {
          alone[t * 11 + r] = multiply(kernels, weights.rows(r, 1), row, 1)[0];
        }
      }
      for (int count : new int[] {1, 2, 3, 7, 16, 33}) {
        assertThat(multiply(kernels, weights, x, count))
            .as("%s [11, %d], %d rows of activations, seed %d", type, cols, count, SEED)
            .isEqualTo(Arrays.copyOf(alone, count * 11));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void multiply_givesTheSameBits_onceTheJitHasCompiledIt(ElementType type) {
    Matrix weights = matrices.normal(type, 8, 320, 1);
    float[] x = matrices.normals(7 * 320, 1);
    float[] first = multiply(kernels, weights, x, 7);
    for (int i = 0; i < 4_000; i++) {
      float[] again = multiply(kernels, weights, x, 7);
      assertThat(Arrays.equals(again, first))
          .as("%s, run %d equals the first, seed %d", type, i, SEED)
          .isTrue();
    }
  }

  @Test
  void multiply_touchesOnlyItsPartOfTheOutput_whenTheStrideIsWider() {
    Matrix weights = matrices.normal(ElementType.BF16, 5, 40, 1);
    float[] x = matrices.normals(3 * 40, 1);
    float[] expected = multiply(kernels, weights, x, 3);
    float[] out = new float[3 * 9 + 2];
    kernels.multiply(
        ElementType.BF16,
        memory(weights),
        0,
        5,
        40,
        arranged(weights, x, 3),
        0,
        3,
        scratch,
        out,
        2,
        9);
    for (int i = 0; i < out.length; i++) {
      int t = (i - 2) / 9;
      int r = (i - 2) % 9;
      float wanted = i >= 2 && r < 5 ? expected[t * 5 + r] : 0;
      assertThat(out[i]).as("element %d", i).isEqualTo(wanted);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F16", "BF16"})
  void widen_isExact_forEveryFiniteNumber(ElementType type) {
    Matrix all = matrices.zeros(type, 1, 1 << 16);
    for (int bits = 0; bits < 1 << 16; bits++) {
      memory(all).set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * bits, (short) bits);
    }
    float[] out = new float[1 << 16];
    kernels.widen(type, memory(all), 0, out.length, out, 0);
    for (int bits = 0; bits < 1 << 16; bits++) {
      float expected = TestMatrices.get(all, bits);
      if (Float.isFinite(expected)) {
        assertThat(Float.floatToRawIntBits(out[bits]))
            .as("%s %04x", type, bits)
            .isEqualTo(Float.floatToRawIntBits(expected));
      }
    }
  }

  @Test
  void multiply_isExact_forEveryFiniteHalf() {
    // One weight a row beside zeros: the product with 1 is the weight itself.
    float[] one = new float[64];
    Arrays.fill(one, 1);
    for (int column : new int[] {0, 1, 63}) {
      Matrix weights = matrices.zeros(ElementType.F16, 1 << 16, 64);
      for (int bits = 0; bits < 1 << 16; bits++) {
        float value = Float.float16ToFloat((short) bits);
        TestMatrices.set(weights, bits * 64L + column, Float.isFinite(value) ? value : 0);
      }
      float[] out = multiply(kernels, weights, one, 1);
      for (int bits = 0; bits < 1 << 16; bits++) {
        assertThat(out[bits])
            .as("F16 %04x in column %d", bits, column)
            .isEqualTo(TestMatrices.get(weights, bits, column) + 0f);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 32, 33, 207, 4096})
  void arrange_putsEveryElementWhereItsIndexSays(int cols) {
    float[] row = matrices.normals(cols, 1);
    float[] arranged = new float[cols];
    kernels.arrange(row, 0, cols, arranged, 0);
    for (int i = 0; i < cols; i++) {
      assertThat(arranged[kernels.arrangedIndex(cols, i)]).as("element %d", i).isEqualTo(row[i]);
    }
  }

  @Test
  void swiGlu_agreesWithFloat64_andDoesNotDependOnThePlace() {
    float[] gates = Arrays.copyOf(matrices.normals(500, 5), 507);
    float[] extremes = {0f, -0f, 87f, -87f, 100f, -100f, 1e30f};
    System.arraycopy(extremes, 0, gates, 500, extremes.length);
    float[] ups = matrices.normals(507, 3);
    float[] together = swiGlu(gates, ups);
    for (int i = 0; i < gates.length; i++) {
      double expected = Float64.silu(gates[i]) * ups[i];
      assertThat((double) together[i])
          .as("silu(%s) * %s, seed %d", gates[i], ups[i], SEED)
          .isCloseTo(expected, within(1e-34 + 8 * Float64.EPS * Math.abs(expected)));
      assertThat(swiGlu(new float[] {gates[i]}, new float[] {ups[i]})[0])
          .as("element %d alone", i)
          .isEqualTo(together[i]);
    }
  }

  @Test
  void rmsNorm_agreesWithFloat64_whateverTheLengthAndSize() {
    for (int cols : ODD_SIZES) {
      for (double scale : new double[] {0, 1e-4, 1, 1e6}) {
        float[] x = matrices.normals(cols, scale);
        Matrix weight = matrices.normal(ElementType.F32, 1, cols, 1);
        float[] out = new float[cols];
        kernels.rmsNorm(x, 0, TestMatrices.values(weight), cols, 1e-5f, out, 0);
        double[] expected = Float64.rmsNorm(doubles(x), weight, 1e-5f);
        for (int i = 0; i < cols; i++) {
          double tolerance = Float64.EPS * (8 + cols) * Math.abs(expected[i]);
          assertThat((double) out[i])
              .as("%d of %d, scale %s, seed %d", i, cols, scale, SEED)
              .isCloseTo(expected[i], within(tolerance));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 34, 64, 80, 128, 256})
  void attend_agreesWithFloat64_overManyBlocks(int headDim) {
    int positions = 301;
    int blockTokens = 16;
    int width = 3 * headDim;
    Matrix keys = matrices.normal(ElementType.F32, 20 * blockTokens, width, 1);
    Matrix values = matrices.normal(ElementType.F32, 20 * blockTokens, width, 1);
    PagedKv cache = new PagedKv(memory(keys), memory(values), width, blockTokens);
    int[] blockTable = {19, 3, 7, 0, 11, 2, 18, 4, 5, 6, 1, 8, 9, 10, 12, 13, 14, 15, 16, 17};
    float[] query = matrices.normals(headDim, 2);
    for (int from : new int[] {0, 5, 300}) {
      int to = positions - 1;
      float[] out = new float[headDim];
      kernels.attend(query, 0, headDim, cache, blockTable, headDim, from, to, scratch, out, 0);
      double[] scores = new double[to - from + 1];
      for (int p = from; p <= to; p++) {
        int row = cache.row(blockTable, p);
        for (int d = 0; d < headDim; d++) {
          scores[p - from] += (double) query[d] * TestMatrices.get(keys, row, headDim + d);
        }
        scores[p - from] /= Math.sqrt(headDim);
      }
      double[] weights = Float64.softmax(scores);
      for (int d = 0; d < headDim; d++) {
        double expected = 0;
        for (int p = from; p <= to; p++) {
          int row = cache.row(blockTable, p);
          expected += weights[p - from] * TestMatrices.get(values, row, headDim + d);
        }
        // Scores of about 2 sqrt(headDim) carry the error of a sum of headDim into the exponent.
        double tolerance = 8 * Float64.EPS * (2 * headDim + positions);
        assertThat((double) out[d])
            .as("headDim %d, positions [%d, %d], element %d, seed %d", headDim, from, to, d, SEED)
            .isCloseTo(expected, within(tolerance));
      }
    }
  }

  @Test
  void attend_takesTheOnlyValue_whenOnePositionIsInSight() {
    Matrix keys = matrices.normal(ElementType.F32, 4, 16, 100);
    Matrix values = matrices.normal(ElementType.F32, 4, 16, 1);
    PagedKv cache = new PagedKv(memory(keys), memory(values), 16, 4);
    float[] out = new float[16];
    float[] query = matrices.normals(16, 100);
    kernels.attend(query, 0, 16, cache, new int[] {0}, 0, 2, 2, scratch, out, 0);
    assertThat(out).isEqualTo(TestMatrices.row(values, 2));
  }

  @Test
  void read_sumsAllWords() {
    MemorySegment memory = arena.allocate(4096, 64);
    long expected = 0;
    for (long i = 0; i < 4096; i += 8) {
      memory.set(ValueLayout.JAVA_LONG, i, i * i);
      expected += i < 1024 ? 0 : i * i;
    }
    assertThat(kernels.read(memory, 1024, 3072)).isEqualTo(expected);
  }

  private float[] multiply(CpuKernels by, Matrix weights, float[] x, int count) {
    float[] out = new float[count * weights.rows()];
    boolean arranges = by.arranges(weights.type());
    by.multiply(
        weights.type(),
        memory(weights),
        0,
        weights.rows(),
        weights.cols(),
        arranges ? arranged(weights, x, count) : x,
        0,
        count,
        scratch,
        out,
        0,
        weights.rows());
    return out;
  }

  private float[] arranged(Matrix weights, float[] x, int count) {
    float[] arranged = new float[count * weights.cols()];
    for (int t = 0; t < count; t++) {
      kernels.arrange(x, t * weights.cols(), weights.cols(), arranged, t * weights.cols());
    }
    return arranged;
  }

  private float[] swiGlu(float[] gates, float[] ups) {
    float[] gate = Arrays.copyOf(gates, gates.length + Scratch.PADDING);
    float[] up = Arrays.copyOf(ups, ups.length + Scratch.PADDING);
    kernels.swiGlu(gate, up, gates.length);
    return Arrays.copyOf(gate, gates.length);
  }

  private static MemorySegment memory(Matrix matrix) {
    return matrix.memory().segment(MemoryKind.HOST);
  }

  private static double[] doubles(float[] values) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i];
    }
    return out;
  }
}

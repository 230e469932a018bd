package io.fiddler.kernel.cuda;

import static io.fiddler.kernel.cuda.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fiddler.cuda.LiveCounts;
import io.fiddler.device.DeviceMemoryException;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.StepInput;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.kernel.cuda.GpuBench.Twin;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Embedding, combining, head and ownership on a GPU.
@NullMarked
final class CudaSegmentsTest extends GpuBesideCpu {
  private static final int HIDDEN = 136;
  private static final int VOCAB = 301;
  private static final int MAX_ROWS = 200;

  private static Shape shape(int maxRows) {
    return new Shape(
        maxRows,
        HIDDEN,
        VOCAB,
        List.of(new Heads(2, 1, 16, 0)),
        new Shape.Experts(3, ExpertFormat.of(ElementType.BF16, HIDDEN, 64)),
        new Shape.Cache(MAX_ROWS, 16, 64, ElementType.F32));
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void embed_copiesRowsOfTheTable_exactly(ElementType type) {
    try (GpuBench bench = new GpuBench(device, seed);
        CudaSegments gpu = new CudaSegments(device, shape(MAX_ROWS))) {
      Twin table = bench.normal(type, VOCAB, HIDDEN, 1);
      for (int rows : new int[] {1, 7, 64, 65, 200}) {
        Twin x = bench.poisoned(rows, HIDDEN);
        StepInput input = tokens(bench.random(), rows);
        gpu.embed(table.device(), input, x.device());
        cpu.embed(table.host(), input, x.host());
        assertThat(bench.read(x.device()))
            .as("%s, seed %d", type, seed)
            .isEqualTo(GpuBench.values(x.host()));
      }
    }
  }

  private static StepInput tokens(SplittableRandom random, int rows) {
    int[] tokens = random.ints(rows, 0, VOCAB).toArray();
    int[] sequences = new int[rows];
    int[][] tables = new int[rows][];
    Arrays.setAll(sequences, row -> row);
    Arrays.setAll(tables, row -> new int[] {row});
    return new StepInput(tokens, new int[rows], sequences, tables);
  }

  @Test
  void combine_givesTheBitsOfTheCpu() {
    try (GpuBench bench = new GpuBench(device, seed + 1);
        CudaSegments gpu = new CudaSegments(device, shape(MAX_ROWS))) {
      for (int rows : new int[] {1, 3, 64, 200}) {
        int parts = 5 * rows + 9;
        Twin partRows = bench.normal(ElementType.F32, parts, HIDDEN, 1);
        Twin x = bench.normal(ElementType.F32, rows, HIDDEN, 1);
        CombineInput input = combineInput(bench.random(), rows, 3, parts);
        gpu.combine(input, partRows.device(), x.device());
        cpu.combine(input, partRows.host(), x.host());
        assertThat(bench.read(x.device()))
            .as("%d rows, seed %d", rows, seed + 1)
            .isEqualTo(GpuBench.values(x.host()));
      }
    }
  }

  private static CombineInput combineInput(SplittableRandom random, int rows, int topK, int parts) {
    int assignments = rows * topK;
    int[] first = random.ints(assignments, 0, parts).toArray();
    int[] next = new int[assignments];
    int[] stride = new int[assignments];
    int[] count = new int[assignments];
    float[] weight = new float[assignments];
    for (int a = 0; a < assignments; a++) {
      weight[a] = random.nextFloat();
      count[a] = random.nextInt(4);
      stride[a] = 1 + random.nextInt(2);
      next[a] = count[a] == 0 ? -1 : random.nextInt(parts - 3 * 2);
    }
    return new CombineInput(topK, first, next, stride, count, weight);
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void head_agreesWithTheCpu_forAnyNumberOfRows(ElementType type) {
    try (GpuBench bench = new GpuBench(device, seed + 2);
        CudaSegments gpu = new CudaSegments(device, shape(MAX_ROWS))) {
      Twin norm = bench.norm(type, HIDDEN);
      Twin head = bench.normal(type, VOCAB, HIDDEN, 1 / Math.sqrt(HIDDEN));
      Twin x = bench.normal(ElementType.F32, 40, HIDDEN, 3);
      for (int count : new int[] {1, 2, 7, 16, 17, 33, 64, 65, 150}) {
        int[] rows = bench.random().ints(count, 0, 40).toArray();
        float[] actual = new float[count * VOCAB];
        float[] expected = new float[count * VOCAB];
        gpu.head(norm.device(), 1e-5f, head.device(), rows, x.device(), actual);
        cpu.head(norm.host(), 1e-5f, head.host(), rows, x.host(), expected);
        boolean rounds = type == ElementType.BF16 && count > Projections.MAX_FEW_ROWS;
        assertClose(
            actual,
            expected,
            rounds ? Closeness.ROUNDED : Closeness.FINE,
            "%s, %d rows, seed %d".formatted(type, count, seed + 2));
      }
    }
  }

  @Test
  void results_stayRight_whenManyTablesPassThroughTheRing() {
    try (GpuBench bench = new GpuBench(device, seed + 3);
        CudaSegments gpu = new CudaSegments(device, shape(MAX_ROWS))) {
      Twin partRows = bench.normal(ElementType.F32, 50, HIDDEN, 1);
      Twin x = bench.normal(ElementType.F32, MAX_ROWS, HIDDEN, 1);
      // Some 12 KiB a table and nothing awaited in between: several times around.
      for (int i = 0; i < 500; i++) {
        CombineInput input = combineInput(bench.random(), MAX_ROWS, 3, 50);
        gpu.combine(input, partRows.device(), x.device());
        cpu.combine(input, partRows.host(), x.host());
      }
      assertThat(bench.read(x.device()))
          .as("seed %d", seed + 3)
          .isEqualTo(GpuBench.values(x.host()));
    }
  }

  @Test
  void close_givesEverythingBack_andASecondCallDoesNothing() {
    LiveCounts before = device.live();
    long usedBefore = device.memory().usedBytes();
    CudaSegments gpu = new CudaSegments(device, shape(MAX_ROWS));
    assertThat(device.memory().usedBytes() - usedBefore)
        .isEqualTo(CudaSegments.scratchBytes(shape(MAX_ROWS)));
    gpu.close();
    gpu.close();
    assertThat(device.memory().usedBytes()).isEqualTo(usedBefore);
    LiveCounts after = device.live();
    assertThat(after.allocations()).isEqualTo(before.allocations());
    assertThat(after.graphs()).isEqualTo(before.graphs());
    assertThat(after.pinned()).isEqualTo(before.pinned());
    Twin x;
    try (GpuBench bench = new GpuBench(device, seed)) {
      x = bench.poisoned(1, HIDDEN);
      StepInput input = tokens(bench.random(), 1);
      assertThatIllegalStateException()
          .isThrownBy(() -> gpu.embed(x.device(), input, x.device()))
          .withMessage("the segments are closed");
    }
  }

  @Test
  void open_leavesNothingBehind_whenTheDeviceDoesNotHoldTheScratch() {
    LiveCounts before = device.live();
    Shape tooLarge =
        new Shape(
            500_000_000,
            HIDDEN,
            VOCAB,
            List.of(new Heads(2, 1, 16, 0)),
            new Shape.Experts(3, ExpertFormat.of(ElementType.BF16, HIDDEN, 64)),
            new Shape.Cache(1, 16, 16, ElementType.F32));
    Assertions.assertThatExceptionOfType(DeviceMemoryException.class)
        .isThrownBy(() -> new CudaSegments(device, tooLarge))
        .withMessageContaining("device memory for kernel scratch needs");
    assertThat(device.live().allocations()).isEqualTo(before.allocations());
    assertThat(device.live().pinned()).isEqualTo(before.pinned());
  }

  @Test
  void segments_refuse_whatKernelsWouldReadWrongly() {
    try (GpuBench bench = new GpuBench(device, seed);
        CudaSegments gpu = new CudaSegments(device, shape(2))) {
      Twin table = bench.normal(ElementType.F32, VOCAB, HIDDEN, 1);
      Twin x = bench.poisoned(3, HIDDEN);
      StepInput input = tokens(bench.random(), 3);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> gpu.embed(table.device(), input, x.device()))
          .withMessage("rows of a step must be in [1, 2], got 3");
      StepInput unknown =
          new StepInput(new int[] {VOCAB}, new int[1], new int[1], new int[][] {{0}});
      assertThatIllegalArgumentException()
          .isThrownBy(() -> gpu.embed(table.device(), unknown, x.device()))
          .withMessage("token must be in [0, 301), got 301 (row 0)");
      Matrix onHost = x.host();
      assertThatIllegalStateException()
          .isThrownBy(() -> gpu.embed(table.device(), tokens(bench.random(), 1), onHost))
          .withMessage("expected DEVICE memory, got HOST");
    }
  }
}

package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.kernel.ExpertSegment;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every kernel set must do with experts, through {@link CpuSegments}, for each way of laying
/// them out that it reads.
abstract class ExpertsContract {
  private static final long SEED = 20261122;

  private final Arena arena = Arena.ofShared();
  private final TestMatrices matrices = new TestMatrices(arena, MemoryKind.HOST, SEED);
  private final WorkerPool pool = new WorkerPool(2);

  /// What the experts hold, row-major.
  private final IdentityHashMap<MemoryView, MemoryView> rowMajor = new IdentityHashMap<>();

  abstract CpuKernelSet kernels();

  /// Element types of the experts it reads.
  List<ElementType> types() {
    return List.of(ElementType.values());
  }

  /// A format of about these sizes.
  ExpertFormat format(ElementType type, int hiddenSize, int intermediateSize, int numSlices) {
    return new ExpertFormat(type, hiddenSize, intermediateSize, numSlices);
  }

  /// The memory to compute with, from row-major slices of the format's sizes, which it may keep.
  MemoryView laidOut(ExpertFormat format, MemoryView rowMajor) {
    return rowMajor;
  }

  /// An activation as it goes into a product.
  double input(double x) {
    return x;
  }

  /// An inner activation on its way into the second product.
  Float64.Bounded inner(Float64.Bounded h) {
    return h;
  }

  @AfterEach
  void free() {
    pool.close();
    arena.close();
  }

  @Test
  void experts_agreeWithFloat64_whateverTheShape() {
    types().forEach(this::assertCloseWhateverTheShape);
  }

  private void assertCloseWhateverTheShape(ElementType type) {
    int[][] shapes = {{1, 1, 1}, {13, 6, 2}, {64, 96, 3}, {207, 70, 2}, {128, 160, 5}, {33, 99, 3}};
    for (int[] shape : shapes) {
      ExpertFormat format = format(type, shape[0], shape[1], shape[2]);
      for (int rows : new int[] {1, 5}) {
        MemoryView expert = expert(format);
        Matrix normed = matrices.normal(ElementType.F32, rows, format.hiddenSize(), 1);
        Matrix out = run(List.of(task(format, expert, 0, rows, 0, Output.SET)), normed, rows);
        assertCloseToFloat64(format, expert, normed, out);
      }
    }
  }

  @Test
  void experts_giveTheSameBits_whateverTheRowsBesides() {
    types().forEach(this::assertSameWhateverTheRowsBesides);
  }

  private void assertSameWhateverTheRowsBesides(ElementType type) {
    for (ExpertFormat format : List.of(format(type, 207, 130, 2), format(type, 256, 192, 3))) {
      MemoryView expert = expert(format);
      Matrix normed = matrices.normal(ElementType.F32, 33, format.hiddenSize(), 1);
      Matrix all = run(List.of(task(format, expert, 0, 33, 0, Output.SET)), normed, 33);
      for (int rows : new int[] {1, 2, 3, 7, 16, 33}) {
        for (int first = 0; first + rows <= 33; first += 8) {
          Matrix some =
              run(List.of(task(format, expert, first, rows, 0, Output.SET)), normed, rows);
          assertThat(TestMatrices.values(some))
              .as("%s, rows [%d, +%d) alone, seed %d", format, first, rows, SEED)
              .isEqualTo(TestMatrices.values(all.rows(first, rows)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5})
  void experts_giveTheSameBits_whateverTheNumberOfWorkers(int workers) {
    ExpertFormat format = format(ElementType.BF16, 208, 320, 5);
    MemoryView expert = expert(format);
    Matrix normed = matrices.normal(ElementType.F32, 7, format.hiddenSize(), 1);
    List<ExpertTask> tasks = List.of(task(format, expert, 0, 7, 0, Output.SET));
    Matrix expected = run(tasks, normed, 7);
    Matrix out = matrices.zeros(ElementType.F32, 7, format.hiddenSize());
    try (WorkerPool other = new WorkerPool(workers);
        CpuSegments segments = new CpuSegments(kernels(), other, MemoryKind.HOST)) {
      segments.experts(tasks, normed, identity(7), out);
    }
    assertThat(TestMatrices.values(out)).isEqualTo(TestMatrices.values(expected));
  }

  @Test
  void experts_giveTheSameBits_howeverTheirSlicesAreSplit() {
    types().forEach(this::assertSameHoweverSlicesAreSplit);
  }

  private void assertSameHoweverSlicesAreSplit(ElementType type) {
    ExpertFormat format = format(type, 77, 180, 6);
    MemoryView expert = expert(format);
    int rows = 5;
    Matrix normed = matrices.normal(ElementType.F32, rows, format.hiddenSize(), 1);
    float[] whole =
        TestMatrices.values(
            run(List.of(task(format, expert, 0, rows, 0, Output.SET)), normed, rows));

    for (int cut = 1; cut < 6; cut++) {
      ExpertTask head =
          new ExpertTask(format, format.slices(expert, 0, cut), cut, 0, rows, 0, Output.SET);
      ExpertTask tail =
          new ExpertTask(
              format, format.slices(expert, cut, 6 - cut), 6 - cut, 0, rows, 0, Output.ADD);
      assertThat(TestMatrices.values(run(List.of(head, tail), normed, rows)))
          .as("%s cut at slice %d, one call, seed %d", format, cut, SEED)
          .isEqualTo(whole);

      Matrix out = matrices.zeros(ElementType.F32, rows, format.hiddenSize());
      runInto(List.of(head), normed, out);
      runInto(List.of(tail), normed, out);
      assertThat(TestMatrices.values(out))
          .as("%s cut at slice %d, two calls, seed %d", format, cut, SEED)
          .isEqualTo(whole);
    }

    Matrix parts =
        run(List.of(task(format, expert, 0, rows, 0, Output.SEPARATE)), normed, 6 * rows);
    float[] sum = TestMatrices.values(parts.rows(0, rows));
    for (int slice = 1; slice < 6; slice++) {
      float[] part = TestMatrices.values(parts.rows(slice * rows, rows));
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part[i];
      }
    }
    assertThat(sum).as("%s, separate parts added, seed %d", format, SEED).isEqualTo(whole);
  }

  @Test
  void experts_giveEachTaskItsRows_whenManyRunTogether() {
    SplittableRandom random = matrices.random();
    for (int round = 0; round < 10; round++) {
      ExpertFormat format = format(ElementType.BF16, 48, 64, 2);
      int inputRows = 9;
      Matrix normed = matrices.normal(ElementType.F32, inputRows, format.hiddenSize(), 1);
      List<ExpertTask> tasks = new ArrayList<>();
      List<MemoryView> experts = new ArrayList<>();
      int grouped = 0;
      for (int t = 0; t < 20; t++) {
        experts.add(expert(format));
        int rows = random.nextInt(4); // sometimes none
        tasks.add(task(format, experts.get(t), grouped, rows, grouped, Output.SET));
        grouped += rows;
      }
      int[] rowOfGrouped = random.ints(grouped, 0, inputRows).toArray();
      Matrix out = matrices.zeros(ElementType.F32, grouped, format.hiddenSize());
      try (CpuSegments segments = new CpuSegments(kernels(), pool, MemoryKind.HOST)) {
        segments.experts(tasks, normed, rowOfGrouped, out);
      }
      for (int t = 0; t < tasks.size(); t++) {
        for (int g = tasks.get(t).firstRow();
            g < tasks.get(t).firstRow() + tasks.get(t).rowCount();
            g++) {
          assertCloseToFloat64(
              format, experts.get(t), normed.rows(rowOfGrouped[g], 1), out.rows(g, 1));
        }
      }
    }
  }

  @Test
  void experts_areCorrect_whenATaskTakesSeveralRounds() {
    // 600 rows of 30000 inner floats exceed the scratch memory of a round.
    ExpertFormat format = format(ElementType.BF16, 2, 30_000, 2);
    MemoryView expert = expert(format);
    Matrix normed = matrices.normal(ElementType.F32, 600, format.hiddenSize(), 1);
    Matrix all = run(List.of(task(format, expert, 0, 600, 0, Output.SET)), normed, 600);
    Matrix separate = run(List.of(task(format, expert, 0, 600, 0, Output.SEPARATE)), normed, 1200);
    for (int row : new int[] {0, 255, 256, 511, 512, 599}) {
      Matrix alone = run(List.of(task(format, expert, row, 1, 0, Output.SET)), normed, 1);
      float[] expected = TestMatrices.row(alone, 0);
      assertThat(TestMatrices.row(all, row)).as("row %d", row).isEqualTo(expected);
      float[] sum = TestMatrices.row(separate, row);
      float[] second = TestMatrices.row(separate, 600 + row);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += second[i];
      }
      assertThat(sum).as("row %d", row).isEqualTo(expected);
    }
  }

  @Test
  void experts_stayFinite_whenActivationsAreExtreme() {
    ExpertFormat format = format(types().getFirst(), 40, 48, 2);
    MemoryView expert = expert(format);
    for (double scale : new double[] {0, 1e-30, 1e5, 1e12}) {
      Matrix normed = matrices.normal(ElementType.F32, 3, format.hiddenSize(), scale);
      Matrix out = run(List.of(task(format, expert, 0, 3, 0, Output.SET)), normed, 3);
      assertCloseToFloat64(format, expert, normed, out);
    }
  }

  @Test
  void experts_refuse_whenMemoryIsOfTheOtherSide() {
    ExpertFormat format = format(ElementType.BF16, 8, 8, 1);
    TestMatrices device = new TestMatrices(arena, MemoryKind.DEVICE, SEED);
    int elements = Math.toIntExact(format.expertSizeBytes() / Short.BYTES);
    MemoryView slices = device.zeros(ElementType.BF16, 1, elements).memory();
    Matrix normed = matrices.zeros(ElementType.F32, 1, format.hiddenSize());
    assertThatIllegalStateException()
        .isThrownBy(() -> run(List.of(task(format, slices, 0, 1, 0, Output.SET)), normed, 1))
        .withMessage("expected HOST memory, got DEVICE");
  }

  @Test
  void experts_refuse_whenTheTaskDoesNotFit() {
    ExpertFormat format = format(ElementType.BF16, 8, 8, 1);
    MemoryView expert = expert(format);
    Matrix normed = matrices.zeros(ElementType.F32, 2, format.hiddenSize());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(List.of(task(format, expert, 1, 2, 0, Output.SET)), normed, 2))
        .withMessage("rows of a task must lie in [0, 2), got [1, 3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(List.of(task(format, expert, 0, 2, 1, Output.SET)), normed, 2))
        .withMessage("output rows of a task must lie in [0, 2), got [1, 3)");
    ExpertTask tooShort = new ExpertTask(format, expert.slice(0, 100), 1, 0, 1, 0, Output.SET);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(List.of(tooShort), normed, 2))
        .withMessage("1 slices must be %d bytes, got 100".formatted(format.sliceSizeBytes()));
  }

  @Test
  void begin_givesTheSameBits_whileTheCallerDoesOtherThings() {
    ExpertFormat format = format(ElementType.BF16, 64, 96, 3);
    MemoryView expert = expert(format);
    Matrix normed = matrices.normal(ElementType.F32, 5, format.hiddenSize(), 1);
    List<ExpertTask> tasks = List.of(task(format, expert, 0, 5, 0, Output.SET));
    Matrix expected = run(tasks, normed, 5);
    try (CpuSegments segments = new CpuSegments(kernels(), pool, MemoryKind.HOST)) {
      for (int i = 0; i < 50; i++) {
        Matrix out = matrices.zeros(ElementType.F32, 5, format.hiddenSize());
        ExpertSegment.Started started = segments.begin(tasks, normed, identity(5), out);
        started.finish();
        assertThat(started.endNanos()).isGreaterThanOrEqualTo(started.startNanos());
        assertThat(TestMatrices.values(out)).isEqualTo(TestMatrices.values(expected));
      }
    }
  }

  @Test
  void finish_throwsWhatTheComputationThrew_andTheNextBeginsAnew() {
    ExpertFormat format = format(ElementType.BF16, 64, 96, 3);
    MemoryView expert = expert(format);
    Matrix normed = matrices.normal(ElementType.F32, 2, format.hiddenSize(), 1);
    Matrix out = matrices.zeros(ElementType.F32, 2, format.hiddenSize());
    List<ExpertTask> tooMany = List.of(task(format, expert, 1, 2, 0, Output.SET));
    List<ExpertTask> sound = List.of(task(format, expert, 0, 2, 0, Output.SET));
    try (CpuSegments segments = new CpuSegments(kernels(), pool, MemoryKind.HOST)) {
      ExpertSegment.Started failing = segments.begin(tooMany, normed, identity(2), out);
      assertThatIllegalArgumentException().isThrownBy(failing::finish);
      segments.begin(sound, normed, identity(2), out).finish();
      assertThat(TestMatrices.values(out)).isEqualTo(TestMatrices.values(run(sound, normed, 2)));
    }
  }

  @Test
  void begin_refuses_whenWhatWasBegunIsNotFinished() {
    ExpertFormat format = format(ElementType.BF16, 64, 96, 3);
    MemoryView expert = expert(format);
    Matrix normed = matrices.normal(ElementType.F32, 1, format.hiddenSize(), 1);
    Matrix out = matrices.zeros(ElementType.F32, 1, format.hiddenSize());
    List<ExpertTask> tasks = List.of(task(format, expert, 0, 1, 0, Output.SET));
    try (CpuSegments segments = new CpuSegments(kernels(), pool, MemoryKind.HOST)) {
      ExpertSegment.Started started = segments.begin(tasks, normed, identity(1), out);
      assertThatIllegalStateException()
          .isThrownBy(() -> segments.begin(tasks, normed, identity(1), out))
          .withMessage("the experts begun before must be finished first");
      started.finish();
      assertThatIllegalStateException().isThrownBy(started::finish);
    }
  }

  private Matrix run(List<ExpertTask> tasks, Matrix normed, int outRows) {
    Matrix out = matrices.zeros(ElementType.F32, outRows, normed.cols());
    runInto(tasks, normed, out);
    return out;
  }

  private void runInto(List<ExpertTask> tasks, Matrix normed, Matrix out) {
    try (CpuSegments segments = new CpuSegments(kernels(), pool, MemoryKind.HOST)) {
      segments.experts(tasks, normed, identity(normed.rows()), out);
    }
  }

  private MemoryView expert(ExpertFormat format) {
    double scale = 1 / Math.sqrt(format.hiddenSize());
    int rows = Math.toIntExact(format.expertSizeBytes() / format.type().sizeBytes());
    MemoryView plain = matrices.normal(format.type(), rows, 1, scale).memory();
    MemoryView expert = laidOut(format, plain);
    rowMajor.put(expert, plain);
    return expert;
  }

  private static ExpertTask task(
      ExpertFormat format, MemoryView expert, int firstRow, int rows, int outRow, Output output) {
    return new ExpertTask(format, expert, format.numSlices(), firstRow, rows, outRow, output);
  }

  private static int[] identity(int rows) {
    int[] rowOfGrouped = new int[rows];
    for (int i = 0; i < rows; i++) {
      rowOfGrouped[i] = i;
    }
    return rowOfGrouped;
  }

  private void assertCloseToFloat64(
      ExpertFormat format, MemoryView expert, Matrix normed, Matrix out) {
    for (int row = 0; row < normed.rows(); row++) {
      Float64.Bounded[] expected = reference(format, expert, TestMatrices.row(normed, row));
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) TestMatrices.get(out, row, i))
            .as("%s, row %d, column %d, seed %d", format, row, i, SEED)
            .isCloseTo(expected[i].value(), within(expected[i].error()));
      }
    }
  }

  private Float64.Bounded[] reference(
      ExpertFormat laidOut, MemoryView laidOutExpert, float[] activations) {
    ExpertFormat format = laidOut.with(Tiling.ROW_MAJOR);
    MemoryView expert = Objects.requireNonNull(rowMajor.get(laidOutExpert));
    Float64.Bounded[] x = new Float64.Bounded[activations.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = new Float64.Bounded(input(activations[i]), 0);
    }
    double[] value = new double[x.length];
    double[] size = new double[x.length];
    double[] error = new double[x.length];
    for (int s = 0; s < format.numSlices(); s++) {
      Float64.Bounded[] h = new Float64.Bounded[format.sliceWidth()];
      for (int i = 0; i < h.length; i++) {
        h[i] =
            inner(
                Float64.swiGlu(
                    Float64.dot(format.gate(expert, s), i, x),
                    Float64.dot(format.up(expert, s), i, x)));
      }
      for (int i = 0; i < x.length; i++) {
        Float64.Bounded part = Float64.dot(format.down(expert, s), i, h);
        value[i] += part.value();
        size[i] += Math.abs(part.value());
        error[i] += part.error();
      }
    }
    Float64.Bounded[] y = new Float64.Bounded[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = new Float64.Bounded(value[i], error[i] + format.numSlices() * Float64.EPS * size[i]);
    }
    return y;
  }
}

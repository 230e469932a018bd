package io.fiddler.kernel.cuda;

import static io.fiddler.kernel.cuda.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.cuda.PinnedMemory;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.StepInput;
import io.fiddler.kernel.cuda.GpuBench.Twin;
import io.fiddler.kernel.cuda.LayerScene.Outcome;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Attention and router on a GPU against the CPU in float32.
@NullMarked
final class CudaLayerTest extends GpuBesideCpu {
  private static final int[] ROWS = {1, 2, 7, 16, 17, 33, 64, 65, 200};

  private static final List<Heads> HEADS =
      List.of(
          new Heads(4, 2, 16, 0),
          new Heads(6, 2, 34, 5),
          new Heads(3, 3, 66, 0),
          new Heads(8, 1, 128, 33),
          new Heads(2, 2, 256, 0),
          new Heads(4, 4, 80, 300));

  @ParameterizedTest
  @CsvSource({"F32, F32", "F16, F32", "BF16, F32", "BF16, BF16"})
  void attendAndRoute_agreesWithTheCpu_forEverySizeOfStep(ElementType type, ElementType cacheType) {
    int[] hiddenSizes = {64, 207, 136, 96, 256, 72};
    for (int variant = 0; variant < HEADS.size(); variant++) {
      try (GpuBench bench = new GpuBench(device, seed + variant)) {
        LayerScene scene =
            new LayerScene(bench, type, cacheType, HEADS.get(variant), hiddenSizes[variant]);
        try (CudaSegments gpu = new CudaSegments(device, scene.shape())) {
          for (int rows : ROWS) {
            for (int[] sequences : steps(rows)) {
              check(bench, scene, gpu, hiddenSizes[variant], scene.step(sequences));
            }
          }
        }
      }
    }
  }

  private static LayerScene scene(GpuBench bench, ElementType type, Heads heads, int hiddenSize) {
    return new LayerScene(bench, type, CudaSegments.cacheType(type), heads, hiddenSize);
  }

  /// All rows alone; all of one chunk; a chunk between rows that stand alone.
  private static List<int[]> steps(int rows) {
    int[] alone = new int[rows];
    Arrays.fill(alone, 1);
    List<int[]> steps = new ArrayList<>(List.of(alone, new int[] {rows}));
    if (rows > 4) {
      int[] mixed = new int[5];
      Arrays.fill(mixed, 1);
      mixed[2] = rows - 4;
      steps.add(mixed);
    }
    return steps;
  }

  private void check(
      GpuBench bench, LayerScene scene, CudaSegments gpu, int hiddenSize, StepInput input) {
    int rows = input.rows();
    check(
        bench,
        scene,
        gpu,
        input,
        bench.normal(ElementType.F32, rows, hiddenSize, 1),
        bench.poisoned(rows, hiddenSize),
        bench.host(ElementType.F32, rows, hiddenSize));
  }

  private void check(
      GpuBench bench,
      LayerScene scene,
      CudaSegments gpu,
      StepInput input,
      Twin x,
      Twin normed,
      Matrix hostNormed) {
    int rows = input.rows();
    int hiddenSize = hostNormed.cols();
    String where =
        "%s, %d rows of %d sequences, seed %d"
            .formatted(scene, rows, input.blockTables().length, seed);
    bench.upload(x);
    Outcome expected = scene.onCpu(cpu, input, x);
    Outcome actual = scene.onGpu(gpu, input, x.device(), normed.device(), hostNormed);
    float[] before = GpuBench.values(x.host());
    double tolerance = scene.rounds(rows) ? Closeness.ROUNDED : Closeness.FINE;
    // Of x only what was added: what was there before is the same anyway.
    assertClose(
        minus(actual.x(), before), minus(expected.x(), before), tolerance, "added to x, " + where);
    assertClose(actual.normed(), expected.normed(), tolerance, "normed, " + where);
    assertThat(actual.hostNormed()).as(where).isEqualTo(actual.normed());
    assertRouting(scene, actual, hiddenSize, where);
  }

  private static float[] minus(float[] values, float[] others) {
    float[] differences = new float[values.length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = values[i] - others[i];
    }
    return differences;
  }

  /// The choice must follow from the rows that the device itself computed.
  private static void assertRouting(
      LayerScene scene, Outcome actual, int hiddenSize, String where) {
    Routing routing = actual.routing();
    int rows = actual.normed().length / hiddenSize;
    assertThat(routing.rows()).isEqualTo(rows);
    for (int r = 0; r < rows; r++) {
      double[] scores = new double[LayerScene.NUM_EXPERTS];
      double total = 0;
      for (int e = 0; e < scores.length; e++) {
        for (int i = 0; i < hiddenSize; i++) {
          double weight = GpuBench.get(scene.router.host(), (long) e * hiddenSize + i);
          scores[e] += weight * actual.normed()[r * hiddenSize + i];
        }
        total += Math.exp(scores[e]);
      }
      double[] sorted = scores.clone();
      Arrays.sort(sorted);
      double chosen = 0;
      for (int k = 0; k < LayerScene.TOP_K; k++) {
        double score = scores[routing.selectedExperts()[r * LayerScene.TOP_K + k]];
        assertThat(score)
            .as("choice %d of row %d, %s", k, r, where)
            .isCloseTo(sorted[sorted.length - 1 - k], within(1e-4));
        chosen += Math.exp(score) / total;
      }
      for (int k = 0; k < LayerScene.TOP_K; k++) {
        double score = scores[routing.selectedExperts()[r * LayerScene.TOP_K + k]];
        double weight = Math.exp(score) / total / (scene.renormalise ? chosen : 1);
        assertThat((double) routing.routingWeights()[r * LayerScene.TOP_K + k])
            .as("weight %d of row %d, %s", k, r, where)
            .isCloseTo(weight, within(1e-4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void graphs_giveTheSameBitsAsPlainLaunches_inEveryStepOfABucket(ElementType type) {
    try (GpuBench bench = new GpuBench(device, seed)) {
      LayerScene scene = scene(bench, type, new Heads(8, 2, 64, 0), 128);
      try (CudaSegments graphs = new CudaSegments(device, scene.shape());
          CudaSegments plain = new CudaSegments(device, scene.shape(), null, false)) {
        // In memory for the largest step, as an engine has it.
        Twin x = bench.normal(ElementType.F32, LayerScene.MAX_ROWS, 128, 1);
        Twin normed = bench.poisoned(LayerScene.MAX_ROWS, 128);
        Matrix hostNormed = bench.host(ElementType.F32, LayerScene.MAX_ROWS, 128);
        for (int rows : new int[] {1, 1, 3, 4, 16, 11, 9, 17, 32, 25, 64, 40, 1, 5}) {
          int[] alone = new int[rows];
          Arrays.fill(alone, 1);
          StepInput input = scene.step(alone);
          Outcome[] outcomes = new Outcome[2];
          for (int i = 0; i < 2; i++) {
            bench.upload(x);
            outcomes[i] =
                scene.onGpu(
                    i == 0 ? graphs : plain,
                    input,
                    x.device().rows(0, rows),
                    normed.device().rows(0, rows),
                    hostNormed.rows(0, rows));
          }
          String where = "%s, %d rows, seed %d".formatted(type, rows, seed);
          assertThat(outcomes[0].x()).as(where).isEqualTo(outcomes[1].x());
          assertThat(outcomes[0].normed()).as(where).isEqualTo(outcomes[1].normed());
          assertThat(outcomes[0].hostNormed()).as(where).isEqualTo(outcomes[1].hostNormed());
          assertThat(outcomes[0].routing().selectedExperts())
              .as(where)
              .isEqualTo(outcomes[1].routing().selectedExperts());
          assertThat(outcomes[0].routing().routingWeights())
              .as(where)
              .isEqualTo(outcomes[1].routing().routingWeights());
        }
        assertThat(graphs.graphs()).as("one a bucket that came twice").isEqualTo(5);
        assertThat(plain.graphs()).isZero();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"F32, F32", "F16, F32", "BF16, F32", "BF16, BF16"})
  void rows_haveTheSameBitsAlone_whenTheShapeIsBatchInvariant(
      ElementType type, ElementType cacheType) {
    try (GpuBench bench = new GpuBench(device, seed)) {
      LayerScene scene = new LayerScene(bench, type, cacheType, new Heads(8, 2, 64, 0), 128);
      try (CudaSegments gpu = new CudaSegments(device, scene.shape().batchInvariantly())) {
        for (int[] sequences : List.of(new int[] {200}, new int[] {1, 1, 70, 1, 30}, new int[33])) {
          Arrays.setAll(sequences, i -> Math.max(1, sequences[i]));
          StepInput together = scene.step(sequences);
          int rows = together.rows();
          Twin x = bench.normal(ElementType.F32, rows, 128, 1);
          Outcome all = run(bench, scene, gpu, together, x);
          for (int row = 0; row < rows; row++) {
            Outcome alone = run(bench, scene, gpu, only(together, row), x.rows(row, 1));
            String where = "%s, row %d of %d, seed %d".formatted(scene, row, rows, seed);
            assertThat(alone.x()).as(where).isEqualTo(row(all.x(), row));
            assertThat(alone.normed()).as(where).isEqualTo(row(all.normed(), row));
          }
        }
      }
    }
  }

  private static Outcome run(
      GpuBench bench, LayerScene scene, CudaSegments gpu, StepInput input, Twin x) {
    bench.upload(x);
    Matrix hostNormed = bench.host(ElementType.F32, input.rows(), 128);
    return scene.onGpu(
        gpu, input, x.device(), bench.poisoned(input.rows(), 128).device(), hostNormed);
  }

  /// One row of a step as a step of its own.
  private static StepInput only(StepInput step, int row) {
    return new StepInput(
        new int[] {step.tokens()[row]},
        new int[] {step.positions()[row]},
        new int[1],
        new int[][] {step.blockTables()[step.sequenceOfRow()[row]]});
  }

  private static float[] row(float[] values, int row) {
    return Arrays.copyOfRange(values, row * 128, (row + 1) * 128);
  }

  @Test
  void aGraph_isCapturedAnew_whenTheRowsLieElsewhere() {
    try (GpuBench bench = new GpuBench(device, seed)) {
      LayerScene scene = scene(bench, ElementType.F32, new Heads(2, 2, 32, 0), 64);
      try (CudaSegments gpu = new CudaSegments(device, scene.shape())) {
        for (int i = 0; i < 3; i++) {
          Twin x = bench.normal(ElementType.F32, 2, 64, 1);
          Twin normed = bench.poisoned(2, 64);
          Matrix hostNormed = bench.host(ElementType.F32, 2, 64);
          for (int again = 0; again < 3; again++) {
            check(bench, scene, gpu, scene.step(1, 1), x, normed, hostNormed);
            assertThat(gpu.graphs()).isEqualTo(again == 0 ? 0 : 1);
          }
        }
      }
    }
  }

  @Test
  void rowsForTheHost_areWrittenInPlace_whenTheirMemoryIsPinned() {
    try (GpuBench bench = new GpuBench(device, seed);
        PinnedMemory pinned = device.pinned(1 << 20, "a test")) {
      LayerScene scene = scene(bench, ElementType.BF16, new Heads(2, 1, 32, 0), 64);
      try (CudaSegments gpu = new CudaSegments(device, scene.shape(), pinned)) {
        for (int rows : new int[] {1, 3, 70}) {
          Matrix hostNormed =
              new Matrix(
                  pinned.host().slice(4096, rows * 64L * Float.BYTES), ElementType.F32, rows, 64);
          Twin x = bench.normal(ElementType.F32, rows, 64, 1);
          Twin normed = bench.poisoned(rows, 64);
          Outcome outcome =
              scene.onGpu(gpu, scene.step(rows), x.device(), normed.device(), hostNormed);
          assertThat(outcome.hostNormed()).as("seed %d", seed).isEqualTo(outcome.normed());
        }
      }
    }
  }
}

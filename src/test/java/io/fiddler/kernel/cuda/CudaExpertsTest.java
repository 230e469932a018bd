package io.fiddler.kernel.cuda;

import static io.fiddler.kernel.cuda.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.kernel.cuda.GpuBench.Twin;
import io.fiddler.tensor.AmxTiles;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Experts on a GPU against the CPU in float32.
@NullMarked
final class CudaExpertsTest extends GpuBesideCpu {
  private static final int MAX_ROWS = 1100;
  private static final int[] ROWS = {1, 2, 7, 16, 17, 33, 64, 65, 200};

  static List<ExpertFormat> formats() {
    ExpertFormat tiled = new ExpertFormat(ElementType.BF16, 96, 192, 3);
    return List.of(
        tiled,
        tiled.with(Tiling.AMX_TILES),
        new ExpertFormat(ElementType.BF16, 72, 120, 5),
        new ExpertFormat(ElementType.BF16, 50, 54, 3),
        new ExpertFormat(ElementType.BF16, 40, 7, 1),
        new ExpertFormat(ElementType.F16, 72, 60, 3),
        new ExpertFormat(ElementType.F32, 50, 54, 3),
        new ExpertFormat(ElementType.BF16, 1024, 2048, 4, Tiling.AMX_TILES));
  }

  /// An expert on both sides: row-major on the host, as its format says on the device.
  private record Expert(ExpertFormat format, MemoryView host, MemoryView device) {
    ExpertTask onHost(int slice, int slices, int firstRow, int rows, int outRow, Output output) {
      ExpertFormat rowMajor = format.with(Tiling.ROW_MAJOR);
      MemoryView some = rowMajor.slices(host, slice, slices);
      return new ExpertTask(rowMajor, some, slices, firstRow, rows, outRow, output);
    }

    ExpertTask onDevice(int slice, int slices, int firstRow, int rows, int outRow, Output output) {
      MemoryView some = format.slices(device, slice, slices);
      return new ExpertTask(format, some, slices, firstRow, rows, outRow, output);
    }
  }

  private static Expert expert(GpuBench bench, ExpertFormat format) {
    int elements = Math.toIntExact(format.expertSizeBytes() / format.type().sizeBytes());
    double scale = 1 / Math.sqrt(format.hiddenSize());
    Twin rowMajor = bench.normal(format.type(), 1, elements, scale);
    if (format.tiling() == Tiling.ROW_MAJOR) {
      return new Expert(format, rowMajor.host().memory(), rowMajor.device().memory());
    }
    Matrix packed = bench.host(format.type(), 1, elements);
    packed
        .memory()
        .segment(MemoryKind.HOST)
        .copyFrom(rowMajor.host().memory().segment(MemoryKind.HOST));
    AmxTiles tiles = new AmxTiles(format);
    for (int slice = 0; slice < format.numSlices(); slice++) {
      tiles.pack(format.slices(packed.memory(), slice, 1));
    }
    return new Expert(format, rowMajor.host().memory(), bench.onDevice(packed.memory()));
  }

  private static Shape shape(ExpertFormat format) {
    return new Shape(
        MAX_ROWS,
        format.hiddenSize(),
        16,
        List.of(new Heads(1, 1, 8, 0)),
        new Shape.Experts(2, format),
        new Shape.Cache(1, 16, 16, ElementType.F32));
  }

  private static double tolerance(ExpertFormat format, int rows) {
    boolean rounds = format.type() == ElementType.BF16 && rows > CudaExperts.MAX_FEW_ROWS;
    return rounds ? Closeness.ROUNDED : Closeness.FINE;
  }

  @ParameterizedTest
  @MethodSource("formats")
  void experts_agreeWithTheCpu_forEveryNumberOfRowsAndOutput(ExpertFormat format) {
    try (GpuBench bench = new GpuBench(device, seed);
        CudaSegments gpu = new CudaSegments(device, shape(format))) {
      Expert expert = expert(bench, format);
      int slices = format.numSlices();
      for (int rows : format.hiddenSize() > 1000 ? new int[] {1, 16, 64, 65, 1100} : ROWS) {
        for (Output output : Output.values()) {
          int outRows = expert.onHost(0, slices, 0, rows, 0, output).outRows();
          String what = "%s, %d rows, %s, seed %d".formatted(format, rows, output, seed);
          compare(
              bench,
              gpu,
              List.of(expert.onHost(0, slices, 3, rows, 1, output)),
              List.of(expert.onDevice(0, slices, 3, rows, 1, output)),
              rows + 3,
              outRows + 2,
              tolerance(format, rows),
              what);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void tasks_ofOneCall_addUpInOrder_whenTheyShareLaunches(ExpertFormat format) {
    try (GpuBench bench = new GpuBench(device, seed + 1);
        CudaSegments gpu = new CudaSegments(device, shape(format))) {
      Expert first = expert(bench, format);
      Expert second = expert(bench, format);
      int slices = format.numSlices();
      for (int rows : new int[] {1, 5, 40, 70}) {
        List<ExpertTask> onHost = new ArrayList<>();
        List<ExpertTask> onDevice = new ArrayList<>();
        // Slice by slice as they are streamed, two experts in turn, then one kept apart.
        for (int slice = 0; slice < slices; slice++) {
          Output output = slice == 0 ? Output.SET : Output.ADD;
          onHost.add(first.onHost(slice, 1, 0, rows, 0, output));
          onDevice.add(first.onDevice(slice, 1, 0, rows, 0, output));
          onHost.add(second.onHost(slice, 1, rows, 3, rows, output));
          onDevice.add(second.onDevice(slice, 1, rows, 3, rows, output));
        }
        onHost.add(second.onHost(0, slices, rows, 3, rows + 3, Output.SEPARATE));
        onDevice.add(second.onDevice(0, slices, rows, 3, rows + 3, Output.SEPARATE));
        compare(
            bench,
            gpu,
            onHost,
            onDevice,
            rows + 3,
            rows + 3 + 3 * slices,
            tolerance(format, rows),
            "%s, %d rows, seed %d".formatted(format, rows, seed + 1));
      }
    }
  }

  @Test
  void experts_giveTheSameBits_whateverShareALaunch() {
    ExpertFormat format = new ExpertFormat(ElementType.BF16, 96, 192, 3);
    try (GpuBench bench = new GpuBench(device, seed + 2);
        CudaSegments gpu = new CudaSegments(device, shape(format))) {
      Expert expert = expert(bench, format);
      Twin normed = bench.normal(ElementType.F32, 4, 96, 1);
      Twin together = bench.poisoned(16, 96);
      Twin alone = bench.poisoned(16, 96);
      int[] rows = {3, 1, 0, 2};
      gpu.experts(
          List.of(
              expert.onDevice(0, 3, 0, 2, 0, Output.SET),
              expert.onDevice(0, 3, 2, 2, 2, Output.SET)),
          normed.device(),
          rows,
          together.device());
      for (int row = 0; row < 4; row++) {
        gpu.experts(
            List.of(expert.onDevice(0, 3, row, 1, row, Output.SET)),
            normed.device(),
            rows,
            alone.device());
      }
      assertThat(bench.read(alone.device().rows(0, 4)))
          .as("seed %d", seed + 2)
          .isEqualTo(bench.read(together.device().rows(0, 4)));
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void rows_haveTheSameBitsAlone_whenTheShapeIsBatchInvariant(ExpertFormat format) {
    try (GpuBench bench = new GpuBench(device, seed + 3);
        CudaSegments gpu = new CudaSegments(device, shape(format).batchInvariantly())) {
      Expert expert = expert(bench, format);
      int slices = format.numSlices();
      int rows = 200;
      int[] grouped = new int[rows];
      Arrays.setAll(grouped, row -> rows - 1 - row);
      Twin normed = bench.normal(ElementType.F32, rows, format.hiddenSize(), 1);
      Twin together = bench.poisoned(rows, format.hiddenSize());
      Twin alone = bench.poisoned(rows, format.hiddenSize());
      gpu.experts(
          List.of(expert.onDevice(0, slices, 0, rows, 0, Output.SET)),
          normed.device(),
          grouped,
          together.device());
      for (int row = 0; row < rows; row++) {
        gpu.experts(
            List.of(expert.onDevice(0, slices, row, 1, row, Output.SET)),
            normed.device(),
            grouped,
            alone.device());
      }
      assertThat(bench.read(alone.device()))
          .as("%s, seed %d", format, seed + 3)
          .isEqualTo(bench.read(together.device()));
    }
  }

  /// Grouped rows are random input rows; outputs begin as the same random numbers on both sides, so
  /// that ADD has something to continue and what is not written is compared, too.
  private void compare(
      GpuBench bench,
      CudaSegments gpu,
      List<ExpertTask> onHost,
      List<ExpertTask> onDevice,
      int groupedRows,
      int outRows,
      double tolerance,
      String what) {
    int hiddenSize = onHost.getFirst().format().hiddenSize();
    int inputRows = 1 + bench.random().nextInt(groupedRows);
    Twin normed = bench.normal(ElementType.F32, inputRows, hiddenSize, 1);
    int[] rowOfGrouped = new int[groupedRows];
    Arrays.setAll(rowOfGrouped, g -> bench.random().nextInt(inputRows));
    Twin out = bench.normal(ElementType.F32, outRows, hiddenSize, 0.5);
    gpu.experts(onDevice, normed.device(), rowOfGrouped, out.device());
    for (ExpertTask task : onHost) { // one by one: the order is the contract's
      cpu.experts(List.of(task), normed.host(), rowOfGrouped, out.host());
    }
    assertClose(bench.read(out.device()), GpuBench.values(out.host()), tolerance, what);
  }
}

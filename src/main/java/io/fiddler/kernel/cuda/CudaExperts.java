package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.Matrix;
import java.util.List;

/// Slices of experts: those with few rows together by own kernels, those with many one by one by
/// cuBLAS.
final class CudaExperts {
  /// Rows of a bf16 expert up to which the own kernels, reading its weights once for every 16 rows,
  /// are at least as fast as cuBLAS, which takes some 0.6 ms for an expert of Mixtral whatever the
  /// number of rows: 70 launches, each a few microseconds of work. 16 rows take 0.13 ms by the own
  /// kernels (`cuda-kernels.md`), 64 therefore 0.52 ms.
  static final int MAX_FEW_ROWS = 64;

  /// Addresses of 16-byte loads.
  private static final int ALIGNMENT = 16;

  private final ExpertFormat scratchFormat;
  private final int maxFewRows;
  private final FewRowExperts few;
  private final ManyRowExperts many;

  CudaExperts(
      Shape shape, CudaDevice device, KernelQueue queue, TableUploads uploads, Scratch scratch) {
    this.scratchFormat = shape.experts().format();
    this.maxFewRows = shape.batchInvariant() ? Integer.MAX_VALUE : MAX_FEW_ROWS;
    this.few = new FewRowExperts(device.kernels(), queue, uploads, scratch);
    this.many = new ManyRowExperts(device, queue, uploads, scratch);
  }

  void run(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out) {
    int hiddenSize = normed.cols();
    ExpertCall call =
        new ExpertCall(
            DeviceRows.activations("normed", normed, 0, hiddenSize),
            rowOfGrouped,
            DeviceRows.activations("out", out, 0, hiddenSize));
    few.clear();
    for (int i = 0; i < tasks.size(); i++) {
      ExpertTask task = tasks.get(i);
      require(task, normed, rowOfGrouped, out.rows());
      if (useBlas(task)) {
        if (task.output() == Output.ADD) {
          few.flush(call);
        }
        many.run(task, call);
      } else if (task.rowCount() > 0) {
        few.add(task, call);
      }
    }
    few.flush(call);
  }

  /// Whether a task goes to cuBLAS.
  private boolean useBlas(ExpertTask task) {
    return task.format().type() == ElementType.BF16 && task.rowCount() > maxFewRows;
  }

  private void require(ExpertTask task, Matrix normed, int[] rowOfGrouped, int outRows) {
    ExpertFormat format = task.format();
    if (!format.with(Tiling.ROW_MAJOR).equals(scratchFormat.with(Tiling.ROW_MAJOR))
        || (format.tiling() == Tiling.AMX_TILES && scratchFormat.tiling() != Tiling.AMX_TILES)) {
      throw new IllegalArgumentException(
          "experts must be %s as the scratch was made for, got %s"
              .formatted(scratchFormat, format));
    }
    long expected = task.numSlices() * format.sliceSizeBytes();
    if (task.numSlices() < 1 || task.slices().sizeBytes() != expected) {
      throw new IllegalArgumentException(
          "%d slices must be %d bytes, got %d"
              .formatted(task.numSlices(), expected, task.slices().sizeBytes()));
    }
    if (format.hiddenSize() != normed.cols()) {
      throw new IllegalArgumentException(
          "hiddenSize of the expert must be that of its input, %d, got %d"
              .formatted(normed.cols(), format.hiddenSize()));
    }
    int end = task.firstRow() + task.rowCount();
    if (task.firstRow() < 0 || end > rowOfGrouped.length) {
      throw new IllegalArgumentException(
          "rows of a task must lie in [0, %d), got [%d, %d)"
              .formatted(rowOfGrouped.length, task.firstRow(), end));
    }
    if (task.outRow() < 0 || task.outRow() + task.outRows() > outRows) {
      throw new IllegalArgumentException(
          "output rows of a task must lie in [0, %d), got [%d, %d)"
              .formatted(outRows, task.outRow(), task.outRow() + task.outRows()));
    }
    for (int g = task.firstRow(); g < end; g++) {
      if (rowOfGrouped[g] < 0 || rowOfGrouped[g] >= normed.rows()) {
        throw new IllegalArgumentException(
            "a grouped row must be one of %d input rows, got %d"
                .formatted(normed.rows(), rowOfGrouped[g]));
      }
    }
    requireAligned(task);
  }

  private static void requireAligned(ExpertTask task) {
    ExpertFormat format = task.format();
    boolean wide = format.hiddenSize() % 8 == 0 || format.sliceWidth() % 8 == 0;
    if (wide && DeviceRows.address(task.slices()) % ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "slices must begin at a multiple of %d bytes, got address %#x"
              .formatted(ALIGNMENT, DeviceRows.address(task.slices())));
    }
  }
}

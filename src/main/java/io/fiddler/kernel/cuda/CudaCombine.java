package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.CudaKernels;
import io.fiddler.cuda.Grid;
import io.fiddler.cuda.KernelArguments;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.Matrix;

/// Adds the experts' results to the rows.
final class CudaCombine {
  private final KernelQueue queue;
  private final TableUploads uploads;
  private final Scratch scratch;
  private final CudaFunction combine;

  CudaCombine(CudaKernels kernels, KernelQueue queue, TableUploads uploads, Scratch scratch) {
    this.queue = queue;
    this.uploads = uploads;
    this.scratch = scratch;
    this.combine = kernels.function("combine", "combine");
  }

  void run(CombineInput input, Matrix parts, Matrix x) {
    int hiddenSize = x.cols();
    int assignments = input.firstPart().length;
    int rows = assignments / input.topK();
    int most = scratch.layout().groupedRows();
    if (assignments > most) {
      throw new IllegalArgumentException(
          "a step must have at most %d assignments, got %d".formatted(most, assignments));
    }
    if (rows == 0) {
      return;
    }
    long from = DeviceRows.activations("parts", parts, 0, hiddenSize);
    long to = DeviceRows.activations("x", x, rows, hiddenSize);
    CombineTable.requireSound(input, parts.rows());
    CombineTable table = new CombineTable(assignments);
    long at = uploads.take(table.sizeBytes());
    table.write(uploads.memory(), at, input);
    long tables = scratch.at(Region.COMBINE_TABLE);
    uploads.send(at, table.sizeBytes(), tables);
    KernelArguments arguments = queue.arguments().address(from);
    for (int array = 0; array < 5; array++) {
      arguments.address(tables + table.arrayOffset(array));
    }
    arguments.address(tables).i32(input.topK()).i32(hiddenSize).address(to);
    queue.launch(
        combine, Grid.of(Math.ceilDiv(hiddenSize, KernelQueue.BLOCK), rows, KernelQueue.BLOCK));
  }
}

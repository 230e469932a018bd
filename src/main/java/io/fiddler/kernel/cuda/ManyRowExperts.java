package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.fiddler.cuda.CudaBlas;
import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.Grid;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import java.lang.foreign.MemorySegment;

/// One bf16 expert with many rows, by cuBLAS: its rows are gathered and rounded to bf16, then for
/// each slice gate, up, SwiGLU and down, whose results add up in order of the slices. Slices in
/// tiles are turned row-major first.
final class ManyRowExperts {
  private static final int HEADER_BYTES = 16;

  private final KernelQueue queue;
  private final TableUploads uploads;
  private final Scratch scratch;
  private final CudaBlas blas;
  private final CudaFunction gather;
  private final CudaFunction untile;
  private final CudaFunction swiglu;

  ManyRowExperts(CudaDevice device, KernelQueue queue, TableUploads uploads, Scratch scratch) {
    this.queue = queue;
    this.uploads = uploads;
    this.scratch = scratch;
    this.blas = device.blas();
    this.gather = device.kernels().function("gather_rows", "gather_rows");
    this.untile = device.kernels().function("untile", "untile_slices");
    this.swiglu = device.kernels().function("swiglu", "swiglu");
  }

  /// Queues one task.
  void run(ExpertTask task, ExpertCall call) {
    int atOnce = scratch.layout().productRows();
    for (int first = 0; first < task.rowCount(); first += atOnce) {
      int rows = Math.min(atOnce, task.rowCount() - first);
      gather(task.firstRow() + first, rows, task.format().hiddenSize(), call);
      for (int slice = 0; slice < task.numSlices(); slice++) {
        int outRow = task.outRow() + first;
        boolean accumulate = slice > 0;
        switch (task.output()) {
          case SET -> {}
          case ADD -> accumulate = true;
          case SEPARATE -> {
            outRow += slice * task.rowCount();
            accumulate = false;
          }
        }
        long out = call.out() + (long) outRow * task.format().hiddenSize() * Float.BYTES;
        multiply(task, slice, rows, out, accumulate);
      }
    }
  }

  /// The table of a gathering: first row, number of rows, then which rows.
  private void gather(int firstRow, int rows, int hiddenSize, ExpertCall call) {
    long bytes = HEADER_BYTES + (long) rows * Integer.BYTES;
    long at = uploads.take(bytes);
    uploads.memory().set(JAVA_INT, at, 0);
    uploads.memory().set(JAVA_INT, at + Integer.BYTES, rows);
    MemorySegment.copy(
        call.rowOfGrouped(), firstRow, uploads.memory(), JAVA_INT, at + HEADER_BYTES, rows);
    long range = scratch.at(Region.EXPERT_TABLE);
    uploads.send(at, bytes, range);
    queue
        .arguments()
        .address(call.normed())
        .address(range + HEADER_BYTES)
        .address(range)
        .i32(hiddenSize)
        .address(0)
        .address(scratch.at(Region.GROUPED));
    queue.launch(gather, Grid.of(rows, KernelQueue.BLOCK));
  }

  private void multiply(ExpertTask task, int slice, int rows, long out, boolean accumulate) {
    ExpertFormat format = task.format();
    int hiddenSize = format.hiddenSize();
    int width = format.sliceWidth();
    long weights = DeviceRows.address(task.slices()) + slice * format.sliceSizeBytes();
    if (format.tiling() == Tiling.AMX_TILES) {
      weights = rowMajor(weights, format);
    }
    long grouped = scratch.at(Region.GROUPED);
    long gate = scratch.at(Region.GATE);
    long up = scratch.at(Region.UP);
    long hidden = scratch.at(Region.HIDDEN_ROUNDED);
    long matrix = format.matrixSizeBytes();
    blas.gemm(grouped, weights, gate, rows, width, hiddenSize, false);
    blas.gemm(grouped, weights + matrix, up, rows, width, hiddenSize, false);
    long rowCount = scratch.at(Region.EXPERT_TABLE) + Integer.BYTES;
    queue
        .arguments()
        .address(gate)
        .address(up)
        .address(rowCount)
        .i32(width)
        .address(0)
        .address(hidden);
    queue.launch(swiglu, queue.elements((long) rows * width));
    blas.gemm(hidden, weights + 2 * matrix, out, rows, hiddenSize, width, accumulate);
  }

  private long rowMajor(long packed, ExpertFormat format) {
    long to = scratch.at(Region.UNTILED);
    queue
        .arguments()
        .address(packed)
        .i32(1)
        .i32(format.hiddenSize())
        .i32(format.sliceWidth())
        .address(to);
    queue.launch(untile, queue.elements(format.sliceSizeBytes() / Integer.BYTES));
    return to;
  }
}

package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaKernels;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.ExpertFormat;

/// Experts with few rows, several in one pair of launches: entries of up to 16 rows are collected
/// in a table, which is launched when something has to come after it.
final class FewRowExperts {
  private static final int BLOCK_COLUMNS = 16;
  private static final int BAND = 32;

  private final KernelQueue queue;
  private final TableUploads uploads;
  private final Scratch scratch;
  private final TypedKernel gateUp;
  private final TypedKernel down;
  private final ExpertEntries entries;

  FewRowExperts(CudaKernels kernels, KernelQueue queue, TableUploads uploads, Scratch scratch) {
    this.queue = queue;
    this.uploads = uploads;
    this.scratch = scratch;
    this.gateUp = TypedKernel.of(kernels, "expert_gate_up");
    this.down = TypedKernel.of(kernels, "expert_down");
    this.entries = new ExpertEntries(scratch.layout().maxSlices());
  }

  /// Adds a task, launching what was collected before where it cannot be in the same launch.
  void add(ExpertTask task, ExpertCall call) {
    entries.add(
        task, DeviceRows.address(task.slices()), (format, table) -> launch(format, table, call));
  }

  /// Launches what is collected.
  void flush(ExpertCall call) {
    entries.flush((format, table) -> launch(format, table, call));
  }

  /// Forgets what is collected, after a failure.
  void clear() {
    entries.clear();
  }

  private void launch(ExpertFormat format, ExpertWorkTable table, ExpertCall call) {
    long at = uploads.take(table.sizeBytes());
    table.write(uploads.memory(), at, call.rowOfGrouped());
    long counts = scratch.at(Region.EXPERT_TABLE);
    uploads.send(at, table.sizeBytes(), counts);
    long work = counts + table.entriesOffset();
    long hidden = scratch.at(Region.HIDDEN_VALUES);
    int width = format.sliceWidth();
    queue
        .arguments()
        .address(work)
        .address(counts)
        .address(call.normed())
        .address(counts + ExpertWorkTable.rowsOffset())
        .i32(format.hiddenSize())
        .i32(width)
        .address(hidden);
    long columns = (long) table.totalSlices() * Math.ceilDiv(width, BLOCK_COLUMNS);
    queue.launch(gateUp.of(format.type()), queue.striding(columns));
    queue
        .arguments()
        .address(work)
        .address(counts)
        .address(hidden)
        .i32(format.hiddenSize())
        .i32(width)
        .address(call.out());
    long bands = (long) table.count() * Math.ceilDiv(format.hiddenSize(), BAND);
    queue.launch(down.of(format.type()), queue.striding(bands));
  }
}

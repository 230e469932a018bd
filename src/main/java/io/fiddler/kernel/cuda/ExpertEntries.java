package io.fiddler.kernel.cuda;

import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.tensor.ExpertFormat;
import org.jspecify.annotations.Nullable;

/// Cuts tasks into entries of up to 16 rows and collects them in tables. A table is launched when
/// it is full, when the next task has another format, or when the next task continues a sum that
/// the table still has to begin: entries of one launch run in any order. Pure.
final class ExpertEntries {
  private final ExpertWorkTable table;
  private @Nullable ExpertFormat format;

  /// @param maxSlices most slices of a table
  ExpertEntries(int maxSlices) {
    this.table = new ExpertWorkTable(maxSlices);
    table.clear();
  }

  /// Launches a table, which is cleared afterwards.
  @FunctionalInterface
  interface Launch {
    void run(ExpertFormat format, ExpertWorkTable table);
  }

  /// Adds a task whose slices begin at `address`.
  void add(ExpertTask task, long address, Launch launch) {
    boolean continues = task.output() == Output.ADD && table.writes(task.outRow(), task.rowCount());
    if (continues || !task.format().equals(format)) {
      flush(launch);
      format = task.format();
    }
    // Equal shares: the kernels are faster for 8 rows than for 16.
    int numEntries = Math.ceilDiv(task.rowCount(), ExpertWorkTable.MAX_ENTRY_ROWS);
    for (int i = 0; i < numEntries; i++) {
      int first = share(task.rowCount(), i, numEntries);
      int rows = share(task.rowCount(), i + 1, numEntries) - first;
      if (task.output() == Output.SEPARATE && numEntries > 1) {
        // An entry puts the rows of its slices side by side, the task wants all rows of a slice so.
        for (int slice = 0; slice < task.numSlices(); slice++) {
          int out = task.outRow() + slice * task.rowCount() + first;
          long from = address + slice * task.format().sliceSizeBytes();
          add(task, from, 1, first, rows, out, Output.SET, launch);
        }
      } else {
        int out = task.outRow() + first;
        add(task, address, task.numSlices(), first, rows, out, task.output(), launch);
      }
    }
  }

  private static int share(int rows, int index, int of) {
    return (int) ((long) rows * index / of);
  }

  private void add(
      ExpertTask task,
      long address,
      int numSlices,
      int first,
      int rows,
      int out,
      Output output,
      Launch launch) {
    if (!table.hasRoomFor(numSlices)) {
      flush(launch);
    }
    table.add(
        address, numSlices, task.format().tiling(), task.firstRow() + first, rows, out, output);
  }

  /// Launches what is collected.
  void flush(Launch launch) {
    if (!table.isEmpty()) {
      ExpertFormat launched = format;
      if (launched == null) {
        throw new IllegalStateException("entries have a format");
      }
      try {
        launch.run(launched, table);
      } finally {
        table.clear();
      }
    }
  }

  /// Forgets what is collected.
  void clear() {
    table.clear();
  }
}

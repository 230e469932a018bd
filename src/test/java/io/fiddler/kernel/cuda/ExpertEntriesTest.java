package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Reads the tables as the kernels do and writes down what each output row becomes, as text.
@NullMarked
final class ExpertEntriesTest {
  private static final ExpertFormat FORMAT = new ExpertFormat(ElementType.BF16, 32, 96, 3);
  private static final ExpertFormat PACKED = FORMAT.with(Tiling.AMX_TILES);
  private static final int MAX_SLICES = 12;
  private static final int[] ROW_OF_GROUPED = new int[4000];

  private final Map<Integer, String> out = new TreeMap<>();
  private final List<String> launches = new ArrayList<>();
  private final ExpertEntries entries = new ExpertEntries(MAX_SLICES);

  static {
    for (int g = 0; g < ROW_OF_GROUPED.length; g++) {
      ROW_OF_GROUPED[g] = 7 * g;
    }
  }

  @Test
  void tasks_shareALaunch_whenNoneContinuesAnother() {
    run(
        task(FORMAT, 1000, 3, 0, 5, 0, Output.SET),
        task(FORMAT, 2000, 2, 5, 16, 5, Output.ADD),
        task(FORMAT, 3000, 3, 21, 1, 21, Output.SEPARATE));
    assertThat(launches).containsExactly("3 entries, 8 slices");
  }

  @Test
  void aTask_waitsForALaterLaunch_whenItContinuesASum() {
    run(
        task(FORMAT, 1000, 1, 0, 5, 0, Output.SET),
        task(FORMAT, 2000, 1, 5, 3, 5, Output.ADD),
        task(FORMAT, 1001, 1, 0, 5, 0, Output.ADD));
    assertThat(launches).containsExactly("2 entries, 2 slices", "1 entries, 1 slices");
  }

  @Test
  void aTask_isCutIntoEqualEntries_whenItHasMoreRowsThanAnEntry() {
    run(task(FORMAT, 1000, 3, 0, 17, 0, Output.SET), task(FORMAT, 1000, 1, 20, 33, 20, Output.SET));
    assertThat(launches).containsExactly("5 entries, 9 slices");
  }

  @Test
  void aTask_goesToSeveralLaunches_whenATableDoesNotHoldItsEntries() {
    run(task(FORMAT, 1000, 3, 0, 70, 0, Output.SET));
    assertThat(launches).containsExactly("4 entries, 12 slices", "1 entries, 3 slices");
  }

  @Test
  void tasks_goToLaunchesOfTheirOwn_whenTheirFormatsDiffer() {
    run(
        task(FORMAT, 1000, 3, 0, 1, 0, Output.SET),
        task(new ExpertFormat(ElementType.F32, 32, 96, 3), 9000, 3, 1, 1, 1, Output.SET));
    assertThat(launches).hasSize(2);
  }

  @Test
  void tables_computeWhatTheTasksSay_whateverTheTasks() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      List<ExpertTask> tasks = new ArrayList<>();
      int nextRow = 0;
      int nextOut = random.nextInt(5);
      for (int i = random.nextInt(1, 8); i > 0; i--) {
        int rows = random.nextInt(1, 60);
        ExpertFormat format = random.nextBoolean() ? FORMAT : PACKED;
        long address = 1000L * random.nextInt(1, 100);
        Output output = Output.values()[random.nextInt(3)];
        ExpertTask first =
            task(format, address, random.nextInt(1, 4), nextRow, rows, nextOut, output);
        tasks.add(first);
        if (output != Output.SEPARATE && random.nextBoolean()) {
          tasks.add(task(format, address + 500, 1, nextRow, rows, nextOut, Output.ADD));
        }
        nextRow += rows;
        nextOut += first.outRows() + random.nextInt(3);
      }
      out.clear();
      run(tasks.toArray(ExpertTask[]::new));
      assertThat(out).as("seed %d, round %d", seed, round).isEqualTo(expected(tasks));
    }
  }

  private static Map<Integer, String> expected(List<ExpertTask> tasks) {
    Map<Integer, String> expected = new TreeMap<>();
    for (ExpertTask task : tasks) {
      for (int r = 0; r < task.rowCount(); r++) {
        for (int s = 0; s < task.numSlices(); s++) {
          long slice = addressOf(task) + s * task.format().sliceSizeBytes();
          String y = slice(slice, task.format().tiling() == Tiling.AMX_TILES, task.firstRow() + r);
          switch (task.output()) {
            case SET -> expected.merge(task.outRow() + r, y, (a, b) -> a + " + " + b);
            case ADD -> expected.merge(task.outRow() + r, "before + " + y, (a, b) -> a + " + " + y);
            case SEPARATE -> expected.put(task.outRow() + s * task.rowCount() + r, y);
          }
        }
      }
    }
    return expected;
  }

  private void run(ExpertTask... tasks) {
    launches.clear();
    for (ExpertTask task : tasks) {
      entries.add(task, addressOf(task), this::launch);
    }
    entries.flush(this::launch);
  }

  /// The kernels compute the entries of a launch in any order: here the last first.
  private void launch(ExpertFormat format, ExpertWorkTable table) {
    assertThat(table.sizeBytes())
        .isLessThanOrEqualTo(ExpertWorkTable.sizeBytes(MAX_SLICES, ROW_OF_GROUPED.length));
    try (Arena arena = Arena.ofConfined()) {
      long at = 256;
      MemorySegment memory = arena.allocate(at + table.sizeBytes(), 16);
      table.write(memory, at, ROW_OF_GROUPED);
      int count = memory.get(ValueLayout.JAVA_INT, at);
      int slices = memory.get(ValueLayout.JAVA_INT, at + 4);
      launches.add("%d entries, %d slices".formatted(count, slices));
      assertThat(slices).isLessThanOrEqualTo(MAX_SLICES);
      assertThat(at + table.entriesOffset() + 40L * count).isEqualTo(memory.byteSize());
      int endOfSlices = slices;
      for (int i = count - 1; i >= 0; i--) {
        long entry = at + table.entriesOffset() + 40L * i;
        endOfSlices = run(format, memory, at + ExpertWorkTable.rowsOffset(), entry, endOfSlices);
      }
      assertThat(endOfSlices).isZero();
    }
  }

  /// An entry as `struct ExpertWork` has it; returns its first slice.
  private int run(
      ExpertFormat format, MemorySegment memory, long rowsAt, long entry, int endOfSlices) {
    long slices = memory.get(ValueLayout.JAVA_LONG, entry);
    int numSlices = memory.get(ValueLayout.JAVA_INT, entry + 8);
    int firstSlice = memory.get(ValueLayout.JAVA_INT, entry + 12);
    int firstRow = memory.get(ValueLayout.JAVA_INT, entry + 16);
    int rowCount = memory.get(ValueLayout.JAVA_INT, entry + 20);
    int outRow = memory.get(ValueLayout.JAVA_INT, entry + 24);
    int output = memory.get(ValueLayout.JAVA_INT, entry + 28);
    boolean packed = memory.get(ValueLayout.JAVA_INT, entry + 32) == 1;
    assertThat(firstSlice + numSlices).isEqualTo(endOfSlices);
    assertThat(rowCount).isBetween(1, 16);
    for (int r = 0; r < rowCount; r++) {
      int row = memory.get(ValueLayout.JAVA_INT, rowsAt + 4L * (firstRow + r)) / 7;
      String sum = output == 1 ? out.getOrDefault(outRow + r, "before") : "";
      for (int s = 0; s < numSlices; s++) {
        String y = slice(slices + s * format.sliceSizeBytes(), packed, row);
        if (output == 2) {
          out.put(outRow + s * rowCount + r, y);
        } else {
          sum = sum.isEmpty() ? y : sum + " + " + y;
        }
      }
      if (output != 2) {
        out.put(outRow + r, sum);
      }
    }
    return firstSlice;
  }

  private static String slice(long address, boolean packed, int row) {
    return "%d%s(%d)".formatted(address, packed ? "p" : "", row);
  }

  @SuppressWarnings("restricted") // an address that nobody reads
  private static ExpertTask task(
      ExpertFormat format,
      long address,
      int numSlices,
      int firstRow,
      int rows,
      int outRow,
      Output output) {
    MemorySegment slices =
        MemorySegment.ofAddress(address).reinterpret(numSlices * format.sliceSizeBytes());
    return new ExpertTask(
        format,
        MemoryView.of(MemoryKind.DEVICE, slices),
        numSlices,
        firstRow,
        rows,
        outRow,
        output);
  }

  private static long addressOf(ExpertTask task) {
    return DeviceRows.address(task.slices());
  }
}

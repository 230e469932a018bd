package io.fiddler.kernel.cpu.amx;

import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/// Experts in {@link Tiling#AMX_TILES} on one core, by the native library: activations are rounded
/// to bf16, sums are float32. Stateless; any number of threads call at once.
///
/// Activations are tiles as well, of 16 rows: `[ceil(count / 16)][cols / 32][16][32]` in bf16, so
/// they take the room of {@link #storedRows} rows. A row's result is the same bits whatever rows
/// stand beside it. All memory is native, and checked against the sizes before it is handed over.
public final class AmxKernels {
  /// Most rows of activations a call may be for.
  public static final int MAX_COUNT = 256;

  /// Rows of weights in a panel.
  public static final int PANEL_ROWS = 16;

  /// Most columns of a call of {@link #down}.
  public static final int MAX_COLUMNS = 128;

  private static final int TILE_ROWS = 16;
  private static final int TILE_COLS = 32;
  private static final int TILE_BYTES = 1024;
  private static final int TILE_ROW_BYTES = 64;

  private final Functions functions;
  private final boolean emulated;

  /// What {@link #down} does with the result of a slice; the order is that of the C source.
  public enum Output {
    /// The first slice replaces the output, the others are added.
    SET,
    /// All slices are added to the output.
    ADD,
    /// Each slice replaces an output of its own.
    SEPARATE
  }

  private AmxKernels(SymbolLookup library) {
    functions = Functions.of(library);
    emulated = ask(true) != 0;
    int support = ask(false);
    if (support != 0) {
      throw new UnsupportedOperationException(unsupported(support));
    }
  }

  /// The kernels that were built with the service, on this CPU's tile registers.
  ///
  /// @throws UnsupportedOperationException with the reason if there are none or this machine cannot
  ///   run them
  public static AmxKernels load() {
    return new AmxKernels(PackagedLibrary.load());
  }

  /// Another build of the kernels, for example the one with emulated tiles.
  ///
  /// @throws UnsupportedOperationException with the reason if it cannot be run
  public static AmxKernels open(Path library) {
    return new AmxKernels(PackagedLibrary.open(library));
  }

  private int ask(boolean whetherEmulated) {
    try {
      return whetherEmulated
          ? (int) functions.emulated().invokeExact()
          : (int) functions.support().invokeExact();
    } catch (Throwable e) {
      throw new AssertionError("the native library could not be called", e);
    }
  }

  private static String unsupported(int support) {
    return switch (support & 0xff) {
      case 1 -> "this CPU has no AMX for bf16";
      case 2 -> "this CPU has AMX but not AVX-512";
      case 3 -> "the operating system does not enable AMX";
      case 4 ->
          "Linux does not let the process use AMX: arch_prctl failed with errno " + (support >> 8);
      default -> "the native kernels answered %d".formatted(support);
    };
  }

  /// `amx`, or `amx-emulated`.
  public String name() {
    return emulated ? "amx-emulated" : "amx";
  }

  /// Rows for which `count` rows of activations need room.
  public static int storedRows(int count) {
    return (count + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  }

  /// Rounds a row of F32 activations into the tiles of its kind.
  ///
  /// @param row `[cols]`
  /// @param tiles tiles of all rows
  /// @param index number of the row within them
  public void roundRow(MemorySegment row, MemorySegment tiles, int index, int cols) {
    require(cols % TILE_COLS == 0, "cols must be a multiple of 32", cols);
    long tilesOfRow = cols / TILE_COLS;
    long offset =
        index / TILE_ROWS * tilesOfRow * TILE_BYTES + (long) (index % TILE_ROWS) * TILE_ROW_BYTES;
    long sizeBytes = (tilesOfRow - 1) * TILE_BYTES + TILE_ROW_BYTES;
    MemorySegment from = row.asSlice(0, (long) cols * Float.BYTES);
    MemorySegment to = tiles.asSlice(offset, sizeBytes);
    try {
      functions.roundRow().invokeExact(from, to, (long) cols);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// `h = silu(gate x) * (up x)` for some panels of a slice.
  ///
  /// @param slice the slice
  /// @param x tiles of `count` rows of `hiddenSize`
  /// @param h tiles of `count` rows of the slice's width, of which the panels' columns are written
  /// @param firstPanel first panel of gate and up
  /// @param endPanel end of the panels
  public void gateUp(
      ExpertFormat format,
      MemorySegment slice,
      MemorySegment x,
      MemorySegment h,
      int count,
      int firstPanel,
      int endPanel) {
    requireTiled(format, count);
    int width = format.sliceWidth();
    require(
        0 <= firstPanel && firstPanel <= endPanel && endPanel <= width / PANEL_ROWS,
        "panels must lie within " + width / PANEL_ROWS,
        endPanel);
    long matrix = format.matrixSizeBytes();
    MemorySegment gate = slice.asSlice(0, matrix);
    MemorySegment up = slice.asSlice(matrix, matrix);
    MemorySegment from = x.asSlice(0, tilesSizeBytes(count, format.hiddenSize()));
    MemorySegment to = h.asSlice(0, tilesSizeBytes(count, width));
    try {
      functions
          .gateUp()
          .invokeExact(
              gate,
              up,
              from,
              to,
              (long) count,
              (long) format.hiddenSize(),
              (long) width,
              (long) firstPanel,
              (long) endPanel);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// `y = down h` for consecutive slices, added in their order, for some columns of the output.
  ///
  /// @param slices the slices
  /// @param h for each slice tiles of `count` rows of the slice's width
  /// @param column first of the columns, a multiple of 32
  /// @param columns how many, a multiple of 32, at most 128
  /// @param out F32 `[count, hiddenSize]`; for SEPARATE one such block a slice
  /// @param outStrideBytes from one block to the next
  public void down(
      ExpertFormat format,
      MemorySegment slices,
      int numSlices,
      MemorySegment h,
      int count,
      int column,
      int columns,
      MemorySegment out,
      long outStrideBytes,
      Output output) {
    requireTiled(format, count);
    int hiddenSize = format.hiddenSize();
    int width = format.sliceWidth();
    require(
        column >= 0 && column % TILE_COLS == 0 && column + columns <= hiddenSize,
        "columns must be multiples of 32 up to " + hiddenSize,
        column + columns);
    require(
        columns > 0 && columns % TILE_COLS == 0 && columns <= MAX_COLUMNS,
        "columns must be multiples of 32 up to " + MAX_COLUMNS,
        columns);
    long rowBytes = (long) hiddenSize * Float.BYTES;
    long blockBytes = (count - 1) * rowBytes + (long) columns * Float.BYTES;
    long blocks = output == Output.SEPARATE ? numSlices - 1 : 0;
    MemorySegment weights = slices.asSlice(0, numSlices * format.sliceSizeBytes());
    MemorySegment down =
        weights.asSlice(2 * format.matrixSizeBytes() + (long) column * width * Short.BYTES);
    MemorySegment from = h.asSlice(0, numSlices * tilesSizeBytes(count, width));
    MemorySegment to =
        out.asSlice((long) column * Float.BYTES, blocks * outStrideBytes + blockBytes);
    try {
      functions
          .down()
          .invokeExact(
              down,
              format.sliceSizeBytes() / Short.BYTES,
              (long) numSlices,
              from,
              to,
              outStrideBytes / Float.BYTES,
              output.ordinal(),
              (long) count,
              (long) hiddenSize,
              (long) width,
              (long) columns);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// Bytes of the tiles of `count` rows of `cols` activations.
  private static long tilesSizeBytes(int count, int cols) {
    return (long) storedRows(count) * cols * Short.BYTES;
  }

  private static void requireTiled(ExpertFormat format, int count) {
    if (format.tiling() != Tiling.AMX_TILES) {
      throw new IllegalArgumentException(
          "AMX kernels read %s, got %s".formatted(Tiling.AMX_TILES, format.tiling()));
    }
    require(count >= 1 && count <= MAX_COUNT, "count must be in [1, 256]", count);
  }

  private static void require(boolean holds, String rule, int got) {
    if (!holds) {
      throw new IllegalArgumentException("%s, got %d".formatted(rule, got));
    }
  }

  private static RuntimeException failed(Throwable e) {
    if (e instanceof RuntimeException unchecked) {
      return unchecked; // memory that was closed meanwhile
    }
    throw new AssertionError("a native kernel could not be called", e);
  }
}

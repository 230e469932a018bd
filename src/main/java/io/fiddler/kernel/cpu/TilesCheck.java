package io.fiddler.kernel.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.fiddler.kernel.cpu.amx.AmxKernels;
import io.fiddler.kernel.cpu.amx.AmxKernels.Output;
import io.fiddler.tensor.AmxTiles;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Computes one small expert on tiles and compares it with plain Java: hardware that is there but
/// computes wrongly must not be used.
final class TilesCheck {
  private static final int SIZE = 64;
  private static final int ROWS = 17;
  private static final double TOLERANCE = 0.02;

  private TilesCheck() {}

  /// @throws UnsupportedOperationException if the result is wrong
  static void run(AmxKernels kernels) {
    ExpertFormat format = new ExpertFormat(ElementType.BF16, SIZE, SIZE, 1).with(Tiling.AMX_TILES);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment weights = arena.allocate(format.expertSizeBytes(), 64);
      for (int i = 0; i < 3 * SIZE * SIZE; i++) {
        weights.setAtIndex(JAVA_SHORT, i, (short) (Float.floatToRawIntBits(weight(i)) >>> 16));
      }
      new AmxTiles(format).pack(MemoryView.of(MemoryKind.HOST, weights));
      MemorySegment tiles = arena.allocate(2L * AmxKernels.storedRows(ROWS) * SIZE, 64);
      MemorySegment inner = arena.allocate(2L * AmxKernels.storedRows(ROWS) * SIZE, 64);
      MemorySegment out = arena.allocate(4L * ROWS * SIZE, 64);
      MemorySegment row = arena.allocate(4L * SIZE, 64);
      for (int r = 0; r < ROWS; r++) {
        for (int i = 0; i < SIZE; i++) {
          row.setAtIndex(JAVA_FLOAT, i, activation(r, i));
        }
        kernels.roundRow(row, tiles, r, SIZE);
      }
      kernels.gateUp(format, weights, tiles, inner, ROWS, 0, SIZE / AmxKernels.PANEL_ROWS);
      kernels.down(format, weights, 1, inner, ROWS, 0, SIZE, out, 0, Output.SET);
      for (int r = 0; r < ROWS; r++) {
        compare(r, out);
      }
    }
  }

  private static void compare(int row, MemorySegment out) {
    double[] h = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      double gate = 0;
      double up = 0;
      for (int k = 0; k < SIZE; k++) {
        gate += weight(i * SIZE + k) * activation(row, k);
        up += weight((SIZE + i) * SIZE + k) * activation(row, k);
      }
      h[i] = gate / (1 + Math.exp(-gate)) * up;
    }
    for (int i = 0; i < SIZE; i++) {
      double expected = 0;
      double size = 0;
      for (int k = 0; k < SIZE; k++) {
        double part = weight((2 * SIZE + i) * SIZE + k) * h[k];
        expected += part;
        size += Math.abs(part);
      }
      double got = out.getAtIndex(JAVA_FLOAT, (long) row * SIZE + i);
      if (!(Math.abs(got - expected) <= TOLERANCE * size)) {
        throw new UnsupportedOperationException(
            "the tile registers computed %s instead of %s (row %d, column %d)"
                .formatted(got, expected, row, i));
      }
    }
  }

  /// Numbers that bf16 holds exactly, without a pattern of the tiles' sizes.
  private static float weight(int index) {
    return (index * 37 % 61 - 30) / 64f;
  }

  private static float activation(int row, int index) {
    return ((row * 29 + index * 11) % 47 - 23) / 32f;
  }
}

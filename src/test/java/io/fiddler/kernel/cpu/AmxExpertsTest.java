package io.fiddler.kernel.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.kernel.cpu.amx.AmxKernels;
import io.fiddler.kernel.cpu.amx.AmxKernels.Output;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AmxExpertsTest extends TiledExpertsContract {
  @Override
  AmxKernels tiles() {
    return TilesSource.hardware();
  }

  /// What makes the emulation worth testing with: also where sums are subnormal, huge or cancel.
  @Test
  void everyBit_equalsTheEmulation() {
    AmxKernels hardware = TilesSource.hardware();
    AmxKernels emulated = TilesSource.emulated();
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    ExpertFormat format = new ExpertFormat(ElementType.BF16, 96, 128, 2, Tiling.AMX_TILES);
    int finite = 0;
    int compared = 0;
    for (int spread : new int[] {0, 2, 10, 30, 60}) {
      for (int center : new int[] {1, 40, 64, 90, 127}) {
        for (int count : new int[] {1, 3, 16, 37, 100}) {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment expert = arena.allocate(format.expertSizeBytes(), 64);
            for (long i = 0; i < expert.byteSize() / 2; i++) {
              int bits = random.nextInt();
              int exponent = Math.clamp(center + random.nextInt(-spread, spread + 1), 0, 160);
              expert.setAtIndex(JAVA_SHORT, i, (short) ((bits & 0x807f) | exponent << 7));
            }
            MemorySegment normed = arena.allocate(4L * count * 96, 64);
            for (int i = 0; i < count * 96; i++) {
              int exponent = Math.clamp(127 + random.nextInt(-spread, spread + 1), 0, 160);
              normed.setAtIndex(JAVA_INT, i, (random.nextInt() & 0x807fffff) | exponent << 23);
            }
            MemorySegment one = compute(hardware, format, expert, normed, count, arena);
            MemorySegment other = compute(emulated, format, expert, normed, count, arena);
            for (int i = 0; i < count * 96; i++) {
              int got = other.getAtIndex(JAVA_INT, i);
              int expected = one.getAtIndex(JAVA_INT, i);
              compared++;
              finite += expected << 1 != 0 && Float.isFinite(one.getAtIndex(JAVA_FLOAT, i)) ? 1 : 0;
              assertThat(got == expected || bothNaN(one, other, i))
                  .as(
                      "spread %d, center %d, count %d, element %d: %s instead of %s, seed %d",
                      spread,
                      center,
                      count,
                      i,
                      other.getAtIndex(JAVA_FLOAT, i),
                      one.getAtIndex(JAVA_FLOAT, i),
                      seed)
                  .isTrue();
            }
          }
        }
      }
    }
    assertThat(finite).as("finite numbers of %d", compared).isGreaterThan(compared / 3);
  }

  private static boolean bothNaN(MemorySegment one, MemorySegment other, int i) {
    return Float.isNaN(one.getAtIndex(JAVA_FLOAT, i))
        && Float.isNaN(other.getAtIndex(JAVA_FLOAT, i));
  }

  private static MemorySegment compute(
      AmxKernels kernels,
      ExpertFormat format,
      MemorySegment expert,
      MemorySegment normed,
      int count,
      Arena arena) {
    int hiddenSize = format.hiddenSize();
    int rows = AmxKernels.storedRows(count);
    MemorySegment x = arena.allocate(2L * rows * hiddenSize, 64);
    MemorySegment h = arena.allocate(2L * rows * format.intermediateSize(), 64);
    MemorySegment out = arena.allocate(4L * count * hiddenSize, 64);
    for (int r = 0; r < count; r++) {
      kernels.roundRow(normed.asSlice(4L * r * hiddenSize), x, r, hiddenSize);
    }
    int panels = format.sliceWidth() / AmxKernels.PANEL_ROWS;
    for (int s = 0; s < format.numSlices(); s++) {
      MemorySegment slice = expert.asSlice(s * format.sliceSizeBytes());
      MemorySegment part = h.asSlice(2L * s * rows * format.sliceWidth());
      kernels.gateUp(format, slice, x, part, count, 0, panels);
    }
    for (int column = 0; column < hiddenSize; column += Core.BLOCK_ROWS) {
      kernels.down(format, expert, format.numSlices(), h, count, column, 32, out, 0, Output.SET);
    }
    return out;
  }
}

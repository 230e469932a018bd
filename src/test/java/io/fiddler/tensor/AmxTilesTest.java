package io.fiddler.tensor;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fiddler.tensor.ExpertFormat.Tiling;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class AmxTilesTest {
  private static final ExpertFormat FORMAT =
      new ExpertFormat(ElementType.BF16, 96, 128, 2, Tiling.AMX_TILES);

  @Test
  void pack_movesEveryElementOfTheSlice_asTheTilingSays() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment slice = arena.allocate(FORMAT.sliceSizeBytes());
      int elements = 3 * 64 * 96;
      for (int i = 0; i < elements; i++) {
        slice.setAtIndex(JAVA_SHORT, i, (short) i);
      }
      new AmxTiles(FORMAT).pack(MemoryView.of(MemoryKind.HOST, slice));
      assertMatrix(slice, 0, 64, 96);
      assertMatrix(slice, 64 * 96, 64, 96);
      assertMatrix(slice, 2 * 64 * 96, 96, 64);
    }
  }

  private static void assertMatrix(MemorySegment slice, int first, int rows, int cols) {
    for (int row = 0; row < rows; row++) {
      for (int col = 0; col < cols; col++) {
        int panel = row / 16 * 16 * cols;
        int within = col / 2 * 32 + row % 16 * 2 + col % 2;
        assertThat(slice.getAtIndex(JAVA_SHORT, first + panel + within))
            .as("row %d, column %d", row, col)
            .isEqualTo((short) (first + row * cols + col));
      }
    }
  }

  @Test
  void pack_refuses_whatIsNoSlice() {
    AmxTiles tiles = new AmxTiles(FORMAT);
    MemoryView tooShort = MemoryView.of(MemoryKind.HOST, MemorySegment.ofArray(new byte[64]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tiles.pack(tooShort))
        .withMessage("a slice must be 36864 bytes, got 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AmxTiles(FORMAT.with(Tiling.ROW_MAJOR)))
        .withMessage("the format must be of AMX_TILES, got ROW_MAJOR");
  }

  @Test
  void format_allowsTiles_forMultiplesOf32InBf16() {
    assertThat(ExpertFormat.of(ElementType.BF16, 4096, 14336).allows(Tiling.AMX_TILES)).isTrue();
    assertThat(ExpertFormat.of(ElementType.BF16, 192, 160).allows(Tiling.AMX_TILES)).isTrue();
    assertThat(ExpertFormat.of(ElementType.BF16, 100, 160).allows(Tiling.AMX_TILES)).isFalse();
    assertThat(ExpertFormat.of(ElementType.BF16, 192, 200).allows(Tiling.AMX_TILES)).isFalse();
    assertThat(ExpertFormat.of(ElementType.F16, 192, 160).allows(Tiling.AMX_TILES)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExpertFormat.of(ElementType.F16, 192, 160).with(Tiling.AMX_TILES))
        .withMessage("AMX_TILES needs BF16 slices of multiples of 32, got F16 slices of 32 by 192");
  }

  @Test
  void matrices_areRefused_whenTheyHaveNoRows() {
    MemoryView expert = MemoryView.of(MemoryKind.HOST, MemorySegment.ofArray(new byte[2 * 36864]));
    assertThatIllegalStateException()
        .isThrownBy(() -> FORMAT.gate(expert, 0))
        .withMessage("the matrices of an expert in AMX_TILES have no rows");
  }
}

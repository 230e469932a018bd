package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.kernel.CombineInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
final class CombineTableTest {
  private final CombineInput input =
      new CombineInput(
          2,
          new int[] {0, 1, 2, 3},
          new int[] {-1, 4, -1, 9},
          new int[] {0, 2, 0, 1},
          new int[] {0, 2, 0, 0},
          new float[] {0.25f, 0.75f, 0.6f, 0.4f});

  @Test
  void write_putsTheArraysWhereTheKernelReads() {
    CombineTable table = new CombineTable(4);
    try (Arena arena = Arena.ofConfined()) {
      long at = 64;
      MemorySegment memory = arena.allocate(at + table.sizeBytes(), 16);
      table.write(memory, at, input);
      assertThat(memory.get(ValueLayout.JAVA_INT, at)).isEqualTo(2);
      int[][] arrays = {input.firstPart(), input.nextPart(), input.stride(), input.nextCount()};
      for (int array = 0; array < arrays.length; array++) {
        for (int a = 0; a < 4; a++) {
          assertThat(memory.get(ValueLayout.JAVA_INT, at + table.arrayOffset(array) + 4L * a))
              .isEqualTo(arrays[array][a]);
        }
      }
      for (int a = 0; a < 4; a++) {
        assertThat(memory.get(ValueLayout.JAVA_FLOAT, at + table.arrayOffset(4) + 4L * a))
            .isEqualTo(input.weight()[a]);
      }
      assertThat(table.sizeBytes()).isLessThanOrEqualTo(CombineTable.sizeBytes(5));
    }
  }

  @Test
  void requireSound_refuses_whenAPartDoesNotExist() {
    CombineTable.requireSound(input, 7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CombineTable.requireSound(input, 6))
        .withMessage("a part must be in [0, 6), got 6 (assignment 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CombineTable.requireSound(input, 3))
        .withMessageContaining("a part must be in [0, 3)");
  }
}

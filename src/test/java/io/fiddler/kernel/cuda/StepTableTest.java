package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.kernel.StepInput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
final class StepTableTest {
  private static final int BLOCK_TOKENS = 4;

  private final StepInput input =
      new StepInput(
          new int[] {11, 12, 13, 14},
          new int[] {9, 0, 1, 5},
          new int[] {2, 0, 0, 1},
          new int[][] {{7}, {3, 4}, {5, 0, 6}});

  @Test
  void write_letsEveryRowFindItsBlocks() {
    AttentionRanges ranges = new AttentionRanges(64, false);
    ranges.divide(input.sequenceOfRow());
    StepTable table = new StepTable(8);
    int blocks = StepTable.blocks(input);
    assertThat(blocks).isEqualTo(6);
    try (Arena arena = Arena.ofConfined()) {
      long at = 256;
      MemorySegment memory = arena.allocate(at + table.sizeBytes(blocks), 16);
      table.write(memory, at, input, ranges);
      assertThat(number(memory, at + table.rowCountOffset(), 0)).isEqualTo(4);
      for (int row = 0; row < 4; row++) {
        int position = number(memory, at + table.positionsOffset(), row);
        assertThat(position).isEqualTo(input.positions()[row]);
        assertThat(number(memory, at + table.tokensOffset(), row)).isEqualTo(11 + row);
        // As kv_cache.cuh finds it.
        int sequence = number(memory, at + table.sequencesOffset(), row);
        int entry = sequence * StepTable.BLOCK_TABLE_STRIDE + position / BLOCK_TOKENS;
        assertThat(number(memory, at + table.blocksOffset(), entry))
            .isEqualTo(input.blockTables()[input.sequenceOfRow()[row]][position / BLOCK_TOKENS]);
      }
      assertThat(number(memory, at + table.sequencesOffset(), 1))
          .as("rows of one sequence are known by it")
          .isEqualTo(number(memory, at + table.sequencesOffset(), 2))
          .isNotEqualTo(number(memory, at + table.sequencesOffset(), 3));
      for (int range = 0; range < ranges.count(); range++) {
        assertThat(number(memory, at + table.rangeOffset(range), 0)).isEqualTo(ranges.first(range));
        assertThat(number(memory, at + table.rangeOffset(range), 1)).isEqualTo(ranges.end(range));
      }
      assertThat(ranges.count()).isEqualTo(3);
    }
  }

  @Test
  void requireSound_refuses_whenKernelsWouldReadElsewhere() {
    assertThat(StepTable.requireSound(input, BLOCK_TOKENS)).isEqualTo(7);
    StepInput below = new StepInput(new int[1], new int[1], new int[1], new int[][] {{-1}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StepTable.requireSound(below, BLOCK_TOKENS))
        .withMessage("a block must be at least 0, got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StepTable.requireSound(input, 1))
        .withMessage("a position must lie in the 3 blocks of its sequence, got 9 (row 0)");
    StepInput stranger = new StepInput(new int[1], new int[1], new int[] {1}, new int[][] {{0}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StepTable.requireSound(stranger, BLOCK_TOKENS))
        .withMessage("the sequence of a row must be in [0, 1), got 1 (row 0)");
  }

  private static int number(MemorySegment memory, long at, int index) {
    return memory.get(ValueLayout.JAVA_INT, at + 4L * index);
  }
}

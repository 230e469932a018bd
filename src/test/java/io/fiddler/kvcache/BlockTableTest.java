package io.fiddler.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BlockTableTest {
  private static final int BLOCK_TOKENS = 4;

  @Test
  void write_takesBlocksAsTheSequenceGrows() {
    BlockPool pool = new BlockPool(3, BLOCK_TOKENS);
    BlockTable table = BlockTable.of(pool);
    List<BlockCopy> copies = new ArrayList<>();
    table.write(0, 4, copies);
    assertThat(table.blocks()).hasSize(1);
    assertThat(table.missing(4, 5)).isEqualTo(1);
    table.write(4, 5, copies);
    assertThat(table.missing(5, 8)).isZero();
    table.write(5, 8, copies);
    assertThat(table.blocks()).hasSize(2);
    assertThat(copies).isEmpty();
    assertThatThrownBy(() -> table.write(8, 20, copies))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("3 blocks needed, 1 free");
    assertThat(pool.freeBlocks()).isEqualTo(1);
  }

  @Test
  void fork_sharesBlocks_untilSomebodyWritesToAPartlyFilledOne() {
    BlockPool pool = new BlockPool(4, BLOCK_TOKENS);
    BlockTable first = BlockTable.reserve(pool, 6);
    BlockTable second = first.fork();
    assertThat(second.blocks()).isEqualTo(first.blocks());
    assertThat(pool.freeBlocks()).isEqualTo(2);

    List<BlockCopy> copies = new ArrayList<>();
    int shared = first.blocks()[1];
    assertThat(second.missing(6, 7)).isEqualTo(1);
    second.write(6, 7, copies);
    assertThat(copies).containsExactly(new BlockCopy(shared, second.blocks()[1]));
    assertThat(second.blocks()[0]).isEqualTo(first.blocks()[0]);
    assertThat(second.blocks()[1]).isNotEqualTo(shared);

    first.write(6, 7, copies);
    assertThat(first.blocks()[1]).as("the last holder keeps the block").isEqualTo(shared);
    assertThat(copies).hasSize(1);
    first.close();
    second.close();
    assertThat(pool.freeBlocks()).isEqualTo(4);
  }

  @Test
  void fork_copiesNothing_whenTheLastBlockIsFull() {
    BlockPool pool = new BlockPool(4, BLOCK_TOKENS);
    BlockTable first = BlockTable.reserve(pool, 8);
    BlockTable second = first.fork();
    List<BlockCopy> copies = new ArrayList<>();
    second.write(8, 9, copies);
    first.write(8, 9, copies);
    assertThat(copies).isEmpty();
    assertThat(pool.freeBlocks()).isZero();
  }

  @Test
  void fork_refusesMoreThanThereIs_andClosedTables() {
    BlockPool pool = new BlockPool(4, BLOCK_TOKENS);
    BlockTable table = BlockTable.reserve(pool, 6);
    assertThat(table.fork(4).blocks()).hasSize(1);
    assertThatThrownBy(() -> table.fork(9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a fork must be of at most 8 positions, got 9");
    table.close();
    assertThatThrownBy(table::fork).isInstanceOf(IllegalStateException.class);
  }

  /// Forks of forks that write at random, beside a model that keeps every sequence's content: each
  /// reads what it wrote, copies made in order, and no block leaks.
  @Test
  void simulation_everyForkKeepsItsContent() {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BlockPool pool = new BlockPool(20 + random.nextInt(40), BLOCK_TOKENS);
      int[] memory = new int[pool.numBlocks() * BLOCK_TOKENS];
      List<BlockTable> tables = new ArrayList<>(List.of(BlockTable.of(pool)));
      List<List<Integer>> contents = new ArrayList<>(List.of(new ArrayList<>()));
      for (int step = 0; step < 400; step++) {
        int chosen = random.nextInt(tables.size());
        BlockTable table = tables.get(chosen);
        List<Integer> content = contents.get(chosen);
        switch (random.nextInt(4)) {
          case 0 -> {
            tables.add(table.fork());
            contents.add(new ArrayList<>(content));
          }
          case 1 -> {
            if (tables.size() > 1) {
              tables.remove(chosen).close();
              contents.remove(chosen);
            }
          }
          default -> {
            int to = content.size() + 1 + random.nextInt(6);
            int missing = table.missing(content.size(), to);
            int before = pool.freeBlocks();
            if (missing <= before) {
              List<BlockCopy> copies = new ArrayList<>();
              table.write(content.size(), to, copies);
              assertThat(before - pool.freeBlocks()).as("seed %d", seed).isEqualTo(missing);
              for (BlockCopy copy : copies) {
                System.arraycopy(
                    memory,
                    copy.from() * BLOCK_TOKENS,
                    memory,
                    copy.to() * BLOCK_TOKENS,
                    BLOCK_TOKENS);
              }
              while (content.size() < to) {
                int at = content.size();
                int value = random.nextInt();
                memory[table.blocks()[at / BLOCK_TOKENS] * BLOCK_TOKENS + at % BLOCK_TOKENS] =
                    value;
                content.add(value);
              }
            }
          }
        }
        for (int t = 0; t < tables.size(); t++) {
          int[] blocks = tables.get(t).blocks();
          List<Integer> read = new ArrayList<>();
          for (int at = 0; at < contents.get(t).size(); at++) {
            read.add(memory[blocks[at / BLOCK_TOKENS] * BLOCK_TOKENS + at % BLOCK_TOKENS]);
          }
          assertThat(read).as("seed %d", seed).isEqualTo(contents.get(t));
        }
        long held = tables.stream().flatMapToInt(t -> Arrays.stream(t.blocks())).distinct().count();
        assertThat(pool.freeBlocks() + held).as("seed %d", seed).isEqualTo(pool.numBlocks());
      }
      tables.forEach(BlockTable::close);
      assertThat(pool.freeBlocks()).as("seed %d", seed).isEqualTo(pool.numBlocks());
    }
  }
}

package io.fiddler.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
  @Test
  void reserve_takesWholeBlocks_andCloseGivesThemBackOnce() {
    BlockPool pool = new BlockPool(4, 16);
    BlockTable table = BlockTable.reserve(pool, 17);
    assertThat(table.blocks()).hasSize(2);
    assertThat(pool.freeBlocks()).isEqualTo(2);
    table.close();
    table.close();
    assertThat(pool.freeBlocks()).isEqualTo(4);
  }

  @Test
  void reserve_takesNothing_whenTooFewAreFree() {
    BlockPool pool = new BlockPool(2, 16);
    assertThatThrownBy(() -> BlockTable.reserve(pool, 33))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("3 blocks needed, 2 free");
    assertThat(pool.freeBlocks()).isEqualTo(2);
  }

  @Test
  void release_freesOnlyWithTheLastReference() {
    BlockPool pool = new BlockPool(1, 16);
    int block = pool.allocate();
    pool.retain(block);
    pool.release(block);
    assertThat(pool.freeBlocks()).isZero();
    pool.release(block);
    assertThat(pool.freeBlocks()).isEqualTo(1);
    assertThatThrownBy(() -> pool.release(block)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void simulation_neverHandsABlockOutTwice_andLeaksNone() {
    for (long seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BlockPool pool = new BlockPool(1 + random.nextInt(40), 1 + random.nextInt(20));
      List<BlockTable> held = new ArrayList<>();
      for (int step = 0; step < 500; step++) {
        int tokens = random.nextInt(100);
        if (random.nextBoolean() && pool.blocksFor(tokens) <= pool.freeBlocks()) {
          held.add(BlockTable.reserve(pool, tokens));
        } else if (!held.isEmpty()) {
          held.remove(random.nextInt(held.size())).close();
        }
        int[] all = held.stream().flatMapToInt(t -> java.util.Arrays.stream(t.blocks())).toArray();
        assertThat(all).as("seed %d", seed).doesNotHaveDuplicates();
        assertThat(pool.freeBlocks() + all.length).as("seed %d", seed).isEqualTo(pool.numBlocks());
      }
    }
  }
}

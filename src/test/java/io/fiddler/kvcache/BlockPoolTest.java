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

  @Test
  void allocate_takesFromWhatHasBeenThereLongest() {
    BlockPool pool = new BlockPool(new BlockRange(0, 4, 2), 16);
    pool.add(new BlockRange(101, 4, 2));
    pool.add(new BlockRange(50, 4, 1));
    BlockTable table = BlockTable.reserve(pool, 5 * 16);
    assertThat(table.blocks()).containsExactly(0, 4, 101, 105, 50);
    assertThat(pool.numBlocks()).isEqualTo(5);
    table.close();
    assertThat(pool.allocate()).isIn(0, 4);
  }

  @Test
  void remove_refusesWhatIsInUse_andWhatWasNotAdded() {
    BlockPool pool = new BlockPool(1, 16);
    BlockRange added = new BlockRange(10, 2, 2);
    pool.add(added);
    pool.allocate();
    int block = pool.allocate();
    assertThat(block).isEqualTo(10);
    assertThat(pool.isUnused(added)).isFalse();
    assertThatThrownBy(() -> pool.remove(added))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("in use");
    pool.release(block);
    pool.remove(added);
    assertThat(pool.numBlocks()).isEqualTo(1);
    assertThat(pool.freeBlocks()).isZero();
    assertThatThrownBy(() -> pool.remove(added)).hasMessageContaining("was not added");
    assertThatThrownBy(() -> pool.remove(new BlockRange(0, 1, 1)))
        .as("the base stays")
        .hasMessageContaining("was not added");
    assertThatThrownBy(() -> pool.release(block)).hasMessageContaining("is not held");
  }

  @Test
  void add_refusesIdsAmongThoseThatAreThere() {
    BlockPool pool = new BlockPool(new BlockRange(0, 10, 3), 16);
    assertThatThrownBy(() -> pool.add(new BlockRange(15, 10, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("blocks must lie beside those that are there");
  }

  @Test
  void range_refusesIdsThatAreNoInts() {
    assertThatThrownBy(() -> new BlockRange(5, 1 << 20, 1 << 12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ids of blocks must be ints, got 4096 from 5 on, 1048576 apart");
  }

  /// Ranges come and go while tables are taken and given back.
  @Test
  void simulation_keepsCount_whileRangesComeAndGo() {
    for (long seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BlockPool pool = new BlockPool(1 + random.nextInt(10), 4);
      List<BlockTable> held = new ArrayList<>();
      List<BlockRange> added = new ArrayList<>();
      for (int step = 0; step < 500; step++) {
        int tokens = random.nextInt(60);
        switch (random.nextInt(4)) {
          case 0 -> {
            int place = 1 + random.nextInt(20);
            BlockRange range =
                new BlockRange(100 * place + random.nextInt(5), 3, random.nextInt(8));
            if (added.stream().noneMatch(other -> other.first() / 100 == place)) {
              pool.add(range);
              added.add(range);
            }
          }
          case 1 -> {
            added.removeIf(range -> {
              boolean unused = pool.isUnused(range);
              if (unused) {
                pool.remove(range);
              }
              return unused;
            });
          }
          case 2 -> {
            if (pool.blocksFor(tokens) <= pool.freeBlocks()) {
              held.add(BlockTable.reserve(pool, tokens));
            }
          }
          default -> {
            if (!held.isEmpty()) {
              held.remove(random.nextInt(held.size())).close();
            }
          }
        }
        int[] all = held.stream().flatMapToInt(t -> java.util.Arrays.stream(t.blocks())).toArray();
        assertThat(all).as("seed %d", seed).doesNotHaveDuplicates();
        assertThat(pool.freeBlocks() + all.length).as("seed %d", seed).isEqualTo(pool.numBlocks());
        assertThat(pool.numBlocks())
            .as("seed %d", seed)
            .isEqualTo(pool.baseBlocks() + added.stream().mapToInt(BlockRange::count).sum());
      }
    }
  }
}

package io.fiddler.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PrefixIndexTest {
  private static final int BLOCK_TOKENS = 4;

  private static PrefixChain chain(String space, int... tokens) {
    PrefixChain chain = new PrefixChain(space, BLOCK_TOKENS);
    chain.extend(tokens.length, position -> tokens[position]);
    return chain;
  }

  private static int[] tokens(int count) {
    int[] tokens = new int[count];
    Arrays.setAll(tokens, i -> i + 1);
    return tokens;
  }

  private static void fill(PrefixIndex index, BlockPool pool, PrefixChain chain, int blocks) {
    try (BlockTable table = BlockTable.reserve(pool, blocks * BLOCK_TOKENS)) {
      index.put(chain, table, 0, blocks);
    }
  }

  @Test
  void take_findsTheBlocksOfTheCommonBeginning_andHoldsThem() {
    BlockPool pool = new BlockPool(8, BLOCK_TOKENS);
    PrefixIndex index = new PrefixIndex(pool);
    fill(index, pool, chain("a", tokens(12)), 3);
    assertThat(pool.freeBlocks()).isEqualTo(8);

    int[] other = tokens(12);
    other[9] = 99;
    int[] taken = index.take(chain("a", other), 0, 3);
    assertThat(taken).hasSize(2);
    assertThat(pool.freeBlocks()).isEqualTo(6);
    assertThat(index.take(chain("a", tokens(12)), 0, 1)).containsExactly(taken[0]);
    index.giveBack(taken);
    pool.release(taken[0]);
    assertThat(pool.freeBlocks()).isEqualTo(8);
  }

  @Test
  void take_findsNothing_whenTheSpaceIsAnother_orTheBeginning() {
    BlockPool pool = new BlockPool(8, BLOCK_TOKENS);
    PrefixIndex index = new PrefixIndex(pool);
    fill(index, pool, chain("a", tokens(12)), 3);
    assertThat(index.take(chain("b", tokens(12)), 0, 3)).isEmpty();
    int[] shifted = Arrays.copyOfRange(tokens(12), 4, 12);
    assertThat(index.take(chain("a", shifted), 0, 2)).as("the same tokens behind others").isEmpty();
  }

  @Test
  void allocate_forgetsWhatWasLeastRecentlyOfUse_andOnlyWhenNothingElseIsFree() {
    BlockPool pool = new BlockPool(4, BLOCK_TOKENS);
    PrefixIndex index = new PrefixIndex(pool);
    PrefixChain old = chain("a", 1, 2, 3, 4);
    PrefixChain recent = chain("a", 5, 6, 7, 8);
    fill(index, pool, old, 1);
    fill(index, pool, recent, 1);
    index.giveBack(index.take(old, 0, 1));
    BlockTable two = BlockTable.reserve(pool, 2 * BLOCK_TOKENS);
    assertThat(index.size()).isEqualTo(2);
    BlockTable third = BlockTable.reserve(pool, BLOCK_TOKENS);
    assertThat(index.size()).isEqualTo(1);
    assertThat(index.take(recent, 0, 1)).isEmpty();
    assertThat(index.take(old, 0, 1)).hasSize(1);
    two.close();
    third.close();
  }

  @Test
  void release_keepsTheBeginningLongest() {
    BlockPool pool = new BlockPool(3, BLOCK_TOKENS);
    PrefixIndex index = new PrefixIndex(pool);
    PrefixChain chain = chain("a", tokens(12));
    fill(index, pool, chain, 3);
    pool.allocate();
    assertThat(index.take(chain, 0, 3)).hasSize(2);
  }

  @Test
  void remove_forgetsWhatLayThere_thoughItWasOfUse() {
    BlockPool pool = new BlockPool(1, BLOCK_TOKENS);
    PrefixIndex index = new PrefixIndex(pool);
    BlockRange lent = new BlockRange(100, 2, 3);
    pool.add(lent);
    PrefixChain chain = chain("a", tokens(16));
    fill(index, pool, chain, 4);
    assertThat(pool.isUnused(lent)).isTrue();
    pool.remove(lent);
    assertThat(index.size()).isEqualTo(1);
    assertThat(pool.freeBlocks()).isEqualTo(1);
    assertThat(index.take(chain, 0, 4)).hasSize(1);
  }

  @Test
  void write_leavesKeptBlocksAlone() {
    BlockPool pool = new BlockPool(4, BLOCK_TOKENS);
    PrefixIndex index = new PrefixIndex(pool);
    PrefixChain chain = chain("a", tokens(4));
    BlockTable table = BlockTable.reserve(pool, 4);
    index.put(chain, table, 0, 1);
    int kept = table.blocks()[0];
    List<BlockCopy> copies = new ArrayList<>();
    table.write(2, 3, copies);
    assertThat(copies).containsExactly(new BlockCopy(kept, table.blocks()[0]));
    assertThat(index.take(chain, 0, 1)).containsExactly(kept);
  }

  /// Sequences with common beginnings over a small pool: what is found holds what was asked for, no
  /// block is handed out twice, and none leaks.
  @Test
  void simulation_findsOnlyWhatIsThere() {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BlockPool pool = new BlockPool(4 + random.nextInt(30), BLOCK_TOKENS);
      PrefixIndex index = new PrefixIndex(pool);
      Map<Integer, List<Integer>> contents = new HashMap<>();
      List<BlockTable> held = new ArrayList<>();
      int hits = 0;
      for (int step = 0; step < 400; step++) {
        if (!held.isEmpty() && random.nextInt(2) == 0) {
          held.remove(random.nextInt(held.size())).close();
          continue;
        }
        int[] tokens = random.ints(1 + random.nextInt(30), 0, 2).toArray();
        PrefixChain chain = chain("a", tokens);
        int[] taken = index.take(chain, 0, (tokens.length - 1) / BLOCK_TOKENS);
        for (int i = 0; i < taken.length; i++) {
          assertThat(contents.get(taken[i]))
              .as("seed %d", seed)
              .isEqualTo(Arrays.stream(tokens, 0, (i + 1) * BLOCK_TOKENS).boxed().toList());
          hits++;
        }
        if (pool.blocksFor(tokens.length) - taken.length > pool.freeBlocks()) {
          index.giveBack(taken);
          continue;
        }
        BlockTable table = BlockTable.of(pool, taken);
        table.grow(tokens.length);
        held.add(table);
        int full = tokens.length / BLOCK_TOKENS;
        for (int i = taken.length; i < full; i++) {
          contents.put(
              table.blocks()[i], Arrays.stream(tokens, 0, (i + 1) * BLOCK_TOKENS).boxed().toList());
        }
        index.put(chain, table, taken.length, full);
        long distinct =
            held.stream().flatMapToInt(t -> Arrays.stream(t.blocks())).distinct().count();
        assertThat(pool.freeBlocks() + distinct).as("seed %d", seed).isEqualTo(pool.numBlocks());
      }
      assertThat(hits).as("seed %d", seed).isPositive();
      held.forEach(BlockTable::close);
      assertThat(pool.freeBlocks()).as("seed %d", seed).isEqualTo(pool.numBlocks());
    }
  }
}

package io.fiddler.kvcache;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which full blocks of a pool hold what, so that a sequence that begins like an earlier one need
/// not compute it again. Blocks that nobody holds any more stay in the index until the pool needs
/// them, least recently used first. Used from one thread.
public final class PrefixIndex {
  private final BlockPool pool;
  private final Map<BlockKey, Integer> blocks = new HashMap<>();
  private final Map<Integer, BlockKey> keys = new HashMap<>();

  /// An empty index over the blocks of `pool`, which has no other.
  public PrefixIndex(BlockPool pool) {
    this.pool = pool;
    pool.whenForgotten(this::forget);
  }

  /// Takes the blocks `[from, to)` of the chain, as far as they are there one after the other, with
  /// one reference each.
  public int[] take(PrefixChain chain, int from, int to) {
    List<BlockKey> wanted = chain.keys();
    int[] found = new int[Math.max(0, Math.min(to, wanted.size()) - from)];
    int count = 0;
    while (count < found.length) {
      Integer block = blocks.get(wanted.get(from + count));
      if (block == null) {
        break;
      }
      pool.retain(block);
      found[count++] = block;
    }
    return Arrays.copyOf(found, count);
  }

  /// Gives back what {@link #take} gave.
  public void giveBack(int[] taken) {
    for (int i = taken.length - 1; i >= 0; i--) {
      pool.release(taken[i]);
    }
  }

  /// From now on the blocks `[from, to)` of `table` can be found, which have been filled with what
  /// the chain says. One that holds what another does already is left out.
  public void put(PrefixChain chain, BlockTable table, int from, int to) {
    for (int i = from; i < to; i++) {
      int block = table.blocks()[i];
      BlockKey key = chain.keys().get(i);
      if (!keys.containsKey(block) && blocks.putIfAbsent(key, block) == null) {
        keys.put(block, key);
        pool.keep(block);
      }
    }
  }

  /// Blocks that can be found.
  public int size() {
    return blocks.size();
  }

  private void forget(int block) {
    BlockKey key = keys.remove(block);
    if (key != null) {
      blocks.remove(key);
    }
  }
}

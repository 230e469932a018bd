package io.fiddler.kvcache;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/// The blocks of a key/value cache, each holding a fixed number of positions of one sequence, with
/// reference counts so that sequences may share them. Used from one thread. Paged attention: [arXiv
/// 2309.06180](https://arxiv.org/abs/2309.06180).
///
/// Beside the blocks that are always there, further ones may be {@link #add added} and, once nobody
/// holds any of them, {@link #remove removed}. Blocks are handed out from what has been there
/// longest, so that what came last is free again first. A block whose content is of use to a {@link
/// PrefixIndex} is free like any other, but handed out after those beside it.
public final class BlockPool {
  private final int blockTokens;
  private final BlockRange base;

  /// The base, then what was added, in order.
  private final List<Blocks> ranges = new ArrayList<>();

  private final TreeMap<Integer, Blocks> byFirst = new TreeMap<>();
  private IntConsumer forgotten = _ -> {};
  private int numBlocks;
  private int freeCount;

  /// A pool of `numBlocks` free blocks of `blockTokens` positions, with ids from 0 on.
  public BlockPool(int numBlocks, int blockTokens) {
    this(new BlockRange(0, 1, Math.max(0, numBlocks)), blockTokens);
  }

  /// A pool of free blocks of `blockTokens` positions.
  public BlockPool(BlockRange base, int blockTokens) {
    if (base.count() < 1 || blockTokens < 1) {
      throw new IllegalArgumentException(
          "numBlocks and blockTokens must be positive, got %d and %d"
              .formatted(base.count(), blockTokens));
    }
    this.blockTokens = blockTokens;
    this.base = base;
    add(base);
  }

  /// Positions a block holds.
  public int blockTokens() {
    return blockTokens;
  }

  /// Blocks in all, now.
  public int numBlocks() {
    return numBlocks;
  }

  /// Blocks that are always there.
  public int baseBlocks() {
    return base.count();
  }

  /// Blocks nobody holds, those whose content is kept included.
  public int freeBlocks() {
    return freeCount;
  }

  /// Blocks that `tokens` positions need.
  public int blocksFor(int tokens) {
    return Math.ceilDiv(tokens, blockTokens);
  }

  /// Further blocks, all of them free.
  ///
  /// @throws IllegalStateException if ids of them lie among those that are there
  public void add(BlockRange range) {
    for (Blocks there : ranges) {
      if (there.range.overlaps(range)) {
        throw new IllegalStateException(
            "blocks must lie beside those that are there, got %s and %s"
                .formatted(range, there.range));
      }
    }
    Blocks blocks = new Blocks(range);
    ranges.add(blocks);
    byFirst.put(range.first(), blocks);
    numBlocks += range.count();
    freeCount += range.count();
  }

  /// Whether nobody holds a block of those that were added as `range`.
  public boolean isUnused(BlockRange range) {
    return added(range).isUnused();
  }

  /// Takes away what was added, and what is kept in it.
  ///
  /// @throws IllegalStateException if it was not, or somebody holds a block of it
  public void remove(BlockRange range) {
    Blocks blocks = added(range);
    if (!blocks.isUnused()) {
      throw new IllegalStateException("blocks of %s are in use".formatted(range));
    }
    for (int index = blocks.kept.nextSetBit(0); index >= 0; index = blocks.kept.nextSetBit(index)) {
      forget(range.id(index));
    }
    ranges.remove(blocks);
    byFirst.remove(range.first());
    numBlocks -= range.count();
    freeCount -= range.count();
  }

  private Blocks added(BlockRange range) {
    Blocks blocks = byFirst.get(range.first());
    if (blocks == null || !blocks.range.equals(range) || range.equals(base)) {
      throw new IllegalStateException("%s was not added".formatted(range));
    }
    return blocks;
  }

  /// Takes a free block, with one reference, of what has been there longest: one whose content is
  /// kept if there is no other, the one that was last of use longest ago.
  ///
  /// @throws IllegalStateException if there is none: admission must have asked first
  public int allocate() {
    for (Blocks blocks : ranges) {
      if (blocks.emptyCount > 0) {
        freeCount--;
        return blocks.allocate();
      }
      // Even if there are empty ones in what was added: that should become free again.
      if (!blocks.idle.isEmpty()) {
        int oldest = blocks.idle.removeFirst();
        freeCount--;
        blocks.hold(oldest);
        forget(oldest);
        return oldest;
      }
    }
    throw new IllegalStateException("no free block among " + numBlocks);
  }

  /// Adds a reference to a block that is held, or free and {@link #keep kept}.
  public void retain(int block) {
    Blocks blocks = range(block);
    if (blocks.idle.remove(block)) {
      blocks.hold(block);
      freeCount--;
    } else {
      holding(block).references[blocks.range.indexOf(block)]++;
    }
  }

  /// Whether somebody else counts on a block's content, so that its holder must not write to it.
  boolean isShared(int block) {
    Blocks holding = holding(block);
    int index = holding.range.indexOf(block);
    return holding.references[index] > 1 || holding.kept.get(index);
  }

  /// The content of a block that is held stays of use when nobody holds it any more: until the
  /// block is needed, or taken away.
  void keep(int block) {
    Blocks holding = holding(block);
    holding.kept.set(holding.range.indexOf(block));
  }

  /// Called with each kept block whose content is lost.
  void whenForgotten(IntConsumer forgotten) {
    this.forgotten = forgotten;
  }

  private void forget(int block) {
    Blocks blocks = range(block);
    blocks.kept.clear(blocks.range.indexOf(block));
    forgotten.accept(block);
  }

  /// Drops a reference; the last one frees the block.
  public void release(int block) {
    Blocks holding = holding(block);
    if (holding.release(block)) {
      freeCount++;
      if (holding.kept.get(holding.range.indexOf(block))) {
        holding.idle.addLast(block);
      } else {
        holding.putBack(block);
      }
    }
  }

  private Blocks holding(int block) {
    Blocks blocks = range(block);
    if (blocks.references[blocks.range.indexOf(block)] == 0) {
      throw notHeld(block);
    }
    return blocks;
  }

  private Blocks range(int block) {
    var entry = byFirst.floorEntry(block);
    if (entry == null || !entry.getValue().range.contains(block)) {
      throw notHeld(block);
    }
    return entry.getValue();
  }

  private static IllegalStateException notHeld(int block) {
    return new IllegalStateException("block " + block + " is not held by anybody");
  }

  /// The blocks of one range.
  private static final class Blocks {
    final BlockRange range;
    final int[] references;
    final BitSet kept = new BitSet();

    /// Blocks that nobody holds and whose content is kept, the least recently used first.
    final LinkedHashSet<Integer> idle = new LinkedHashSet<>();

    private final int[] empty;
    int emptyCount;
    private int heldCount;

    Blocks(BlockRange range) {
      this.range = range;
      this.references = new int[range.count()];
      this.empty = new int[range.count()];
      this.emptyCount = empty.length;
      for (int i = 0; i < empty.length; i++) {
        // The lowest id is handed out first, so that a lightly used cache stays in few pages.
        empty[i] = range.id(empty.length - 1 - i);
      }
    }

    boolean isUnused() {
      return heldCount == 0;
    }

    int allocate() {
      int block = empty[--emptyCount];
      hold(block);
      return block;
    }

    void hold(int block) {
      references[range.indexOf(block)] = 1;
      heldCount++;
    }

    /// Whether nobody holds it any more.
    boolean release(int block) {
      if (--references[range.indexOf(block)] > 0) {
        return false;
      }
      heldCount--;
      return true;
    }

    void putBack(int block) {
      empty[emptyCount++] = block;
    }
  }
}

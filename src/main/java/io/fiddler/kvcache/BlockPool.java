package io.fiddler.kvcache;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The blocks of a key/value cache, each holding a fixed number of positions of one sequence, with
/// reference counts so that sequences may share them. Used from one thread. Paged attention: [arXiv
/// 2309.06180](https://arxiv.org/abs/2309.06180).
///
/// Beside the blocks that are always there, further ones may be {@link #add added} and, once nobody
/// holds any of them, {@link #remove removed}. Blocks are handed out from what has been there
/// longest, so that what came last is free again first.
public final class BlockPool {
  private final int blockTokens;
  private final BlockRange base;

  /// The base, then what was added, in order.
  private final List<Blocks> ranges = new ArrayList<>();

  private final TreeMap<Integer, Blocks> byFirst = new TreeMap<>();
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

  /// Blocks nobody holds.
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

  /// Takes away what was added.
  ///
  /// @throws IllegalStateException if it was not, or somebody holds a block of it
  public void remove(BlockRange range) {
    Blocks blocks = added(range);
    if (!blocks.isUnused()) {
      throw new IllegalStateException("blocks of %s are in use".formatted(range));
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

  /// Takes a free block, with one reference.
  ///
  /// @throws IllegalStateException if there is none: admission must have asked first
  public int allocate() {
    for (Blocks blocks : ranges) {
      if (blocks.freeCount > 0) {
        freeCount--;
        return blocks.allocate();
      }
    }
    throw new IllegalStateException("no free block among " + numBlocks);
  }

  /// Adds a reference to a block that is held.
  public void retain(int block) {
    Blocks holding = holding(block);
    holding.references[holding.range.indexOf(block)]++;
  }

  /// Whether a block that is held has other holders, so that nobody may write to it.
  boolean isShared(int block) {
    Blocks holding = holding(block);
    return holding.references[holding.range.indexOf(block)] > 1;
  }

  /// Drops a reference; the last one frees the block.
  public void release(int block) {
    if (holding(block).release(block)) {
      freeCount++;
    }
  }

  private Blocks holding(int block) {
    var entry = byFirst.floorEntry(block);
    Blocks blocks = entry == null ? null : entry.getValue();
    if (blocks == null
        || !blocks.range.contains(block)
        || blocks.references[blocks.range.indexOf(block)] == 0) {
      throw new IllegalStateException("block " + block + " is not held by anybody");
    }
    return blocks;
  }

  /// The blocks of one range.
  private static final class Blocks {
    final BlockRange range;
    final int[] references;
    private final int[] free;
    int freeCount;

    Blocks(BlockRange range) {
      this.range = range;
      this.references = new int[range.count()];
      this.free = new int[range.count()];
      this.freeCount = free.length;
      for (int i = 0; i < free.length; i++) {
        // The lowest id is handed out first, so that a lightly used cache stays in few pages.
        free[i] = range.id(free.length - 1 - i);
      }
    }

    boolean isUnused() {
      return freeCount == free.length;
    }

    int allocate() {
      int block = free[--freeCount];
      references[range.indexOf(block)] = 1;
      return block;
    }

    /// Whether that freed it.
    boolean release(int block) {
      if (--references[range.indexOf(block)] > 0) {
        return false;
      }
      free[freeCount++] = block;
      return true;
    }
  }
}

package io.fiddler.kvcache;

/// The blocks of a key/value cache, each holding a fixed number of positions of one sequence, with
/// reference counts so that sequences may share them. Used from one thread. Paged attention: [arXiv
/// 2309.06180](https://arxiv.org/abs/2309.06180).
public final class BlockPool {
  private final int blockTokens;
  private final int[] references;
  private final int[] free;
  private int freeCount;

  /// A pool of `numBlocks` free blocks of `blockTokens` positions.
  public BlockPool(int numBlocks, int blockTokens) {
    if (numBlocks < 1 || blockTokens < 1) {
      throw new IllegalArgumentException(
          "numBlocks and blockTokens must be positive, got %d and %d"
              .formatted(numBlocks, blockTokens));
    }
    this.blockTokens = blockTokens;
    this.references = new int[numBlocks];
    this.free = new int[numBlocks];
    this.freeCount = numBlocks;
    for (int i = 0; i < numBlocks; i++) {
      // The lowest id is handed out first, so that a lightly used cache stays in few pages.
      free[i] = numBlocks - 1 - i;
    }
  }

  /// Positions a block holds.
  public int blockTokens() {
    return blockTokens;
  }

  /// Blocks in all.
  public int numBlocks() {
    return references.length;
  }

  /// Blocks nobody holds.
  public int freeBlocks() {
    return freeCount;
  }

  /// Blocks that `tokens` positions need.
  public int blocksFor(int tokens) {
    return Math.ceilDiv(tokens, blockTokens);
  }

  /// Takes a free block, with one reference.
  ///
  /// @throws IllegalStateException if there is none: admission must have asked first
  public int allocate() {
    if (freeCount == 0) {
      throw new IllegalStateException("no free block among " + references.length);
    }
    int block = free[--freeCount];
    references[block] = 1;
    return block;
  }

  /// Adds a reference to a block that is held.
  public void retain(int block) {
    requireHeld(block);
    references[block]++;
  }

  /// Drops a reference; the last one frees the block.
  public void release(int block) {
    requireHeld(block);
    if (--references[block] == 0) {
      free[freeCount++] = block;
    }
  }

  private void requireHeld(int block) {
    if (references[block] == 0) {
      throw new IllegalStateException("block " + block + " is not held by anybody");
    }
  }
}

package io.fiddler.kvcache;

/// The blocks of one sequence, in order of its positions. Owns one reference to each. Used from one
/// thread.
public final class BlockTable implements AutoCloseable {
  private final BlockPool pool;
  private final int[] blocks;
  private boolean closed;

  private BlockTable(BlockPool pool, int[] blocks) {
    this.pool = pool;
    this.blocks = blocks;
  }

  /// Takes the blocks for `tokens` positions from the pool.
  ///
  /// @throws IllegalStateException if the pool has too few: admission must have asked first
  public static BlockTable reserve(BlockPool pool, int tokens) {
    int needed = pool.blocksFor(tokens);
    if (needed > pool.freeBlocks()) {
      throw new IllegalStateException(
          "%d blocks needed, %d free".formatted(needed, pool.freeBlocks()));
    }
    int[] blocks = new int[needed];
    for (int i = 0; i < needed; i++) {
      blocks[i] = pool.allocate();
    }
    return new BlockTable(pool, blocks);
  }

  /// The block ids; shared, not to be changed.
  public int[] blocks() {
    return blocks;
  }

  /// Gives the blocks back; a second call does nothing.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (int block : blocks) {
      pool.release(block);
    }
  }
}

package io.fiddler.kvcache;

import java.util.Arrays;
import java.util.List;

/// The blocks of one sequence, in order of its positions; grows with it. Owns one reference to
/// each. Used from one thread.
///
/// Tables may share blocks: {@link #fork} gives a second one over the same blocks. Whoever then
/// writes to a shared block that is partly filled gets a copy of its own first ({@link #write}).
public final class BlockTable implements AutoCloseable {
  private final BlockPool pool;

  /// Exact, and replaced rather than changed, so that steps may hold it.
  private int[] blocks;

  private boolean closed;

  private BlockTable(BlockPool pool, int[] blocks) {
    this.pool = pool;
    this.blocks = blocks;
  }

  /// A table that begins with `blocks`, of each of which it takes over one reference.
  public static BlockTable of(BlockPool pool, int... blocks) {
    return new BlockTable(pool, blocks.clone());
  }

  /// Takes the blocks for `tokens` positions from the pool.
  ///
  /// @throws IllegalStateException if the pool has too few: admission must have asked first
  public static BlockTable reserve(BlockPool pool, int tokens) {
    BlockTable table = of(pool);
    table.grow(tokens);
    return table;
  }

  /// The block ids; shared, not to be changed.
  public int[] blocks() {
    return blocks;
  }

  /// Makes room for `tokens` positions in all; does nothing if there is.
  ///
  /// @throws IllegalStateException if the pool has too few blocks; nothing is taken then
  public void grow(int tokens) {
    int needed = pool.blocksFor(tokens);
    int missing = needed - blocks.length;
    if (missing <= 0) {
      return;
    }
    if (missing > pool.freeBlocks()) {
      throw new IllegalStateException(
          "%d blocks needed, %d free".formatted(missing, pool.freeBlocks()));
    }
    int[] grown = Arrays.copyOf(blocks, needed);
    for (int i = blocks.length; i < needed; i++) {
      grown[i] = pool.allocate();
    }
    blocks = grown;
  }

  /// Blocks that {@link #write} would take from the pool.
  public int missing(int from, int to) {
    int missing = Math.max(0, pool.blocksFor(to) - blocks.length);
    for (int i = from / pool.blockTokens(); i < Math.min(blocks.length, pool.blocksFor(to)); i++) {
      missing += pool.isShared(blocks[i]) ? 1 : 0;
    }
    return missing;
  }

  /// Makes the positions `[from, to)` this table's own to write, those before `from` being filled:
  /// takes the blocks that are missing, and instead of shared ones others.
  ///
  /// @param copies where the copies are added that must be made before anything is written
  /// @throws IllegalStateException if the pool has fewer free blocks than are {@link #missing}
  public void write(int from, int to, List<BlockCopy> copies) {
    if (missing(from, to) > pool.freeBlocks()) {
      throw new IllegalStateException(
          "%d blocks needed, %d free".formatted(missing(from, to), pool.freeBlocks()));
    }
    int first = from / pool.blockTokens();
    for (int i = first; i < Math.min(blocks.length, pool.blocksFor(to)); i++) {
      int shared = blocks[i];
      if (pool.isShared(shared)) {
        int own = pool.allocate();
        if (i == first && from % pool.blockTokens() > 0) {
          copies.add(new BlockCopy(shared, own));
        }
        blocks = blocks.clone();
        blocks[i] = own;
        pool.release(shared);
      }
    }
    grow(to);
  }

  /// Puts other blocks in the place of those from `first` on, of each of which it takes over one
  /// reference.
  public void replace(int first, int[] others) {
    int[] replaced = blocks.clone();
    System.arraycopy(others, 0, replaced, first, others.length);
    for (int i = first; i < first + others.length; i++) {
      pool.release(blocks[i]);
    }
    blocks = replaced;
  }

  /// A table over the same blocks.
  public BlockTable fork() {
    return fork(blocks.length * pool.blockTokens());
  }

  /// A table over the same blocks as far as `tokens` positions reach.
  ///
  /// @throws IllegalStateException if it is closed
  /// @throws IllegalArgumentException if this table does not reach as far
  public BlockTable fork(int tokens) {
    if (closed) {
      throw new IllegalStateException("the block table is closed");
    }
    if (pool.blocksFor(tokens) > blocks.length) {
      throw new IllegalArgumentException(
          "a fork must be of at most %d positions, got %d"
              .formatted(blocks.length * pool.blockTokens(), tokens));
    }
    int[] shared = Arrays.copyOf(blocks, pool.blocksFor(tokens));
    for (int block : shared) {
      pool.retain(block);
    }
    return new BlockTable(pool, shared);
  }

  /// Gives the blocks back; a second call does nothing.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    // The last first: where freed blocks keep their content, the beginning is worth most.
    for (int i = blocks.length - 1; i >= 0; i--) {
      pool.release(blocks[i]);
    }
  }
}

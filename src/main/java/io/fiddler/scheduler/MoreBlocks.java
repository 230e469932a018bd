package io.fiddler.scheduler;

/// Where blocks come from when the pool has too few.
public interface MoreBlocks {
  /// Nowhere.
  MoreBlocks NONE =
      new MoreBlocks() {
        @Override
        public int most() {
          return 0;
        }

        @Override
        public boolean ask(int blocks) {
          return false;
        }
      };

  /// Blocks that the pool may have beside those always there, whatever happens meanwhile.
  int most();

  /// Adds free blocks to the pool, as many as are asked for or more, or none at all. Asked again
  /// before every step while somebody waits for them.
  ///
  /// @param blocks at least one
  /// @return whether they were added
  boolean ask(int blocks);
}

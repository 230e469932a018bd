package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockPool;

/// The blocks there are, and where further ones come from. What is only kept in case somebody asks
/// for it again counts as free, so it goes before anybody else has to give.
///
/// @param pool those there are
/// @param more further ones
record Room(BlockPool pool, MoreBlocks more) {
  /// Blocks of the largest cache there can be.
  int mostBlocks() {
    return pool.baseBlocks() + more.most();
  }

  /// Whether so many blocks are free, now that more were asked for if they were not.
  boolean has(int blocks) {
    int missing = blocks - pool.freeBlocks();
    return missing <= 0 || more.ask(missing);
  }
}

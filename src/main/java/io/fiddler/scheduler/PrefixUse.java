package io.fiddler.scheduler;

import io.fiddler.kvcache.PrefixChain;
import io.fiddler.kvcache.PrefixIndex;

/// What a group takes from the blocks that others have computed, and leaves to others of its own.
/// Used from one thread.
final class PrefixUse {
  private final PrefixChain chain;
  private boolean takes;

  /// @param chain of the group's only, or first, sequence
  /// @param takes whether it takes any, or only leaves its own
  PrefixUse(PrefixChain chain, boolean takes) {
    this.chain = chain;
    this.takes = takes;
  }

  void takeNothing() {
    takes = false;
  }

  /// Takes the blocks that `sequence` goes on with, as far as they are there; never all, since the
  /// last position must be computed.
  int[] take(PrefixIndex prefixes, Sequence sequence, int blockTokens) {
    return takes && sequence.computed() % blockTokens == 0
        ? prefixes.take(
            chain, sequence.computed() / blockTokens, (sequence.length() - 1) / blockTokens)
        : new int[0];
  }

  /// Whether `sequence` can take its next block soon: the other one is about to fill it.
  boolean waitsFor(PrefixUse other, Sequence sequence, Sequence reading, int blockTokens) {
    int next = sequence.computed() / blockTokens;
    int end = (next + 1) * blockTokens;
    return takes
        && sequence.computed() % blockTokens == 0
        && end < sequence.length()
        && reading.computed() < end
        && chain.sharesBlock(other.chain, next);
  }

  /// Lets others find the blocks that `sequence` has filled with its positions `[from, to)`.
  void leave(PrefixIndex prefixes, Sequence sequence, int from, int to, int blockTokens) {
    if (from / blockTokens < to / blockTokens) {
      chain.extend(to, sequence::token);
      prefixes.put(chain, sequence.blocks(), from / blockTokens, to / blockTokens);
    }
  }
}

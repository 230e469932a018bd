package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockTable;
import org.jspecify.annotations.Nullable;

/// One sequence as the scheduler sees it: how long it may become and how much of it has been
/// computed. Used from one thread.
public final class Sequence {
  private final int promptTokens;
  private final int maxNewTokens;
  private int computed;
  private @Nullable BlockTable blocks;

  /// A sequence that nothing has been computed of.
  ///
  /// @param promptTokens length of the prompt, at least one
  /// @param maxNewTokens most tokens to generate
  public Sequence(int promptTokens, int maxNewTokens) {
    if (promptTokens < 1 || maxNewTokens < 0) {
      throw new IllegalArgumentException(
          "promptTokens must be positive and maxNewTokens not negative, got %d and %d"
              .formatted(promptTokens, maxNewTokens));
    }
    this.promptTokens = promptTokens;
    this.maxNewTokens = maxNewTokens;
  }

  /// Length of the prompt.
  public int promptTokens() {
    return promptTokens;
  }

  /// Positions whose keys and values may have to be cached. The last token generated is never fed
  /// back.
  public int maxPositions() {
    return promptTokens + Math.max(0, maxNewTokens - 1);
  }

  /// Positions computed so far; also the position of the next row.
  public int computed() {
    return computed;
  }

  /// Whether rows of the prompt are still to be computed.
  public boolean isPrefilling() {
    return computed < promptTokens;
  }

  /// The sequence's blocks.
  ///
  /// @throws IllegalStateException before it is admitted
  public BlockTable blocks() {
    if (blocks == null) {
      throw new IllegalStateException("the sequence has not been admitted");
    }
    return blocks;
  }

  void admit(BlockTable reserved) {
    blocks = reserved;
  }

  void advance(int rows) {
    computed += rows;
  }

  void release() {
    if (blocks != null) {
      blocks.close();
    }
  }
}

package io.fiddler.scheduler;

import java.util.List;

/// The rows of the next step: each chunk is some consecutive positions of one sequence.
///
/// @param chunks in order of their rows
public record Batch(List<Chunk> chunks) {
  public Batch {
    chunks = List.copyOf(chunks);
  }

  /// Rows in all.
  public int rows() {
    return chunks.stream().mapToInt(Chunk::count).sum();
  }

  /// Consecutive positions of one sequence.
  ///
  /// @param sequence whose
  /// @param from first position
  /// @param count how many; one when decoding
  public record Chunk(Sequence sequence, int from, int count) {
    /// Whether these are tokens of the prompt.
    public boolean isPrefill() {
      return from < sequence.promptTokens();
    }

    /// Whether the chunk's last row yields the logits of the next token.
    public boolean isLast() {
      return from + count >= sequence.promptTokens();
    }
  }
}

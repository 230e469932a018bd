package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockCopy;
import java.util.List;

/// The rows of the next step: each chunk is some consecutive positions of one sequence.
///
/// @param chunks in order of their rows
/// @param copies of blocks, to be made in this order before anything of the step is computed
public record Batch(List<Chunk> chunks, List<BlockCopy> copies) {
  public Batch {
    chunks = List.copyOf(chunks);
    copies = List.copyOf(copies);
  }

  /// A batch that needs no copies.
  public Batch(List<Chunk> chunks) {
    this(chunks, List.of());
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
    /// Whether these are tokens read in chunks: of the prompt, or once generated and read again.
    public boolean isPrefill() {
      return from < sequence.prefillTokens();
    }

    /// Whether the chunk's last row yields the logits of the next token.
    public boolean isLast() {
      return from + count >= sequence.length();
    }
  }
}

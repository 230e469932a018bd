package io.fiddler.engine;

/// What a key/value cache, which is handed out in blocks, can hold at all.
///
/// @param tokens positions it has at most
public record CacheRoom(long tokens) {
  /// Positions a block; vLLM's default, a compromise of waste and bookkeeping.
  public static final int BLOCK_TOKENS = 16;

  /// The most tokens that may follow a prompt in each of `width` sequences, which share the full
  /// blocks of the prompt if they are several; negative if the prompt alone is too long.
  public long after(int promptTokens, int width) {
    long shared = width == 1 ? 0 : promptTokens / BLOCK_TOKENS;
    long each = Math.floorDiv(tokens / BLOCK_TOKENS - shared, width);
    return (shared + each) * BLOCK_TOKENS - promptTokens;
  }
}

package io.fiddler.engine;

import io.fiddler.engine.step.KvStorage;

/// What a key/value cache, which is handed out in blocks, can hold at all.
///
/// @param tokens positions it has at most
public record CacheRoom(long tokens) {
  /// The most tokens that may follow a prompt in each of `width` sequences, which share the full
  /// blocks of the prompt if they are several; negative if the prompt alone is too long.
  public long after(int promptTokens, int width) {
    int blockTokens = KvStorage.BLOCK_TOKENS;
    long shared = width == 1 ? 0 : promptTokens / blockTokens;
    long each = Math.floorDiv(tokens / blockTokens - shared, width);
    return (shared + each) * blockTokens - promptTokens;
  }
}

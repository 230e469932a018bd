package io.fiddler.engine.load;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.step.KvStorage;
import io.fiddler.sampling.beam.BeamParameters;

/// Which requests an engine can serve at all, however long they wait.
///
/// @param contextLength most positions of a sequence
/// @param vocabSize token ids there are
/// @param cacheTokens positions that the key/value cache holds at most
/// @param maxRunning most sequences in a step
record RequestLimits(int contextLength, int vocabSize, long cacheTokens, int maxRunning) {
  /// @throws IllegalArgumentException if the request can never be served
  void require(GenerationRequest request) {
    int length = request.promptTokens().length;
    if (length == 0) {
      throw new IllegalArgumentException("the prompt must have at least one token, got none");
    }
    if (request.maxTokens() < 0) {
      throw new IllegalArgumentException(
          "maxTokens must not be negative, got " + request.maxTokens());
    }
    if ((long) length + request.maxTokens() > contextLength) {
      throw new IllegalArgumentException(
          "prompt and completion must fit the context of %d tokens, got %d + %d"
              .formatted(contextLength, length, request.maxTokens()));
    }
    int width =
        switch (request.decoding()) {
          case Decoding.Sampled _ -> 1;
          case Decoding.Beams(var beams) -> requireWidth(beams, request.maxTokens());
        };
    if (held(length, request.maxTokens(), width) > cacheTokens) {
      throw new IllegalArgumentException(
          "prompt and completion must fit the key/value cache of %d tokens, got %d + %d%s"
                  .formatted(
                      cacheTokens,
                      length,
                      request.maxTokens(),
                      width == 1 ? "" : " for each of " + width + " beams")
              + " (fiddler.engine.kv-cache-tokens, fiddler.engine.kv-cache-max-share)");
    }
    for (int token : request.promptTokens()) {
      if (token < 0 || token >= vocabSize) {
        throw new IllegalArgumentException(
            "token ids must be in [0, %d), got %d".formatted(vocabSize, token));
      }
    }
  }

  private int requireWidth(BeamParameters beams, int maxTokens) {
    if (maxTokens == 0) {
      throw new IllegalArgumentException("maxTokens of a beam search must be at least 1, got 0");
    }
    if (beams.width() > maxRunning) {
      throw new IllegalArgumentException(
          "a beam search must have at most %d beams, got %d (fiddler.engine.max-running)"
              .formatted(maxRunning, beams.width()));
    }
    if (beams.width() > vocabSize) {
      throw new IllegalArgumentException(
          "a beam search must have at most as many beams as there are tokens, %d, got %d"
              .formatted(vocabSize, beams.width()));
    }
    return beams.width();
  }

  /// Positions of the blocks that so many sequences hold at most: beams share the full ones of the
  /// prompt.
  private static long held(int promptTokens, int maxTokens, int width) {
    int blockTokens = KvStorage.BLOCK_TOKENS;
    long shared = width == 1 ? 0 : promptTokens / blockTokens;
    long each = Math.ceilDiv((long) promptTokens + maxTokens, blockTokens) - shared;
    return (shared + width * each) * blockTokens;
  }
}

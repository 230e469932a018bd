package io.fiddler.engine.load;

import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.RefusedRequestException;
import io.fiddler.engine.RefusedRequestException.Parameter;
import io.fiddler.sampling.beam.BeamParameters;

/// Which requests an engine can serve at all, however long they wait.
///
/// @param contextLength most positions of a sequence
/// @param vocabSize token ids there are
/// @param cache what the key/value cache holds at most
/// @param maxRunning most sequences in a step
record RequestLimits(int contextLength, int vocabSize, CacheRoom cache, int maxRunning) {
  /// @throws RefusedRequestException if the request can never be served
  void require(GenerationRequest request) {
    int length = request.promptTokens().length;
    if (length == 0) {
      throw new RefusedRequestException(Parameter.PROMPT, "must have at least one token, got none");
    }
    if (request.maxTokens() < 0) {
      throw new RefusedRequestException(
          Parameter.MAX_TOKENS, "must not be negative, got " + request.maxTokens());
    }
    requireRoom(request, contextLength - length, "the context is " + contextLength);
    int width =
        switch (request.decoding()) {
          case Decoding.Sampled _ -> 1;
          case Decoding.Beams(var beams) -> requireWidth(beams, request.maxTokens());
        };
    requireRoom(
        request,
        cache.after(length, width),
        "the key/value cache holds %d%s (fiddler.engine.kv-cache-tokens, fiddler.engine.kv-cache-max-share)"
            .formatted(cache.tokens(), width == 1 ? "" : " for all " + width + " beams"));
    for (int token : request.promptTokens()) {
      if (token < 0 || token >= vocabSize) {
        throw new RefusedRequestException(
            Parameter.PROMPT,
            "must be of token ids in [0, %d), got %d".formatted(vocabSize, token));
      }
    }
  }

  /// @param room most tokens that may follow the prompt
  /// @param limit where it comes from
  private static void requireRoom(GenerationRequest request, long room, String limit) {
    int length = request.promptTokens().length;
    if (room < Math.min(1, request.maxTokens())) {
      throw new RefusedRequestException(
          Parameter.PROMPT,
          "must leave room for the tokens generated, got %d tokens: %s".formatted(length, limit));
    }
    if (request.maxTokens() > room) {
      throw new RefusedRequestException(
          Parameter.MAX_TOKENS,
          "must be at most %d, got %d: the prompt has %d tokens, and %s"
              .formatted(room, request.maxTokens(), length, limit));
    }
  }

  private int requireWidth(BeamParameters beams, int maxTokens) {
    if (maxTokens == 0) {
      throw new RefusedRequestException(
          Parameter.MAX_TOKENS, "must be at least 1 for a beam search, got 0");
    }
    if (beams.width() > maxRunning) {
      throw new RefusedRequestException(
          Parameter.BEAMS,
          "must be at most %d, got %d (fiddler.engine.max-running)"
              .formatted(maxRunning, beams.width()));
    }
    if (beams.width() > vocabSize) {
      throw new RefusedRequestException(
          Parameter.BEAMS,
          "must be at most as many as there are tokens, %d, got %d"
              .formatted(vocabSize, beams.width()));
    }
    return beams.width();
  }
}

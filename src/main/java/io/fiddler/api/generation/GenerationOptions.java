package io.fiddler.api.generation;

import io.fiddler.api.generation.request.RequestLimits;

/// Limits of requests that generate, and what of them is logged.
///
/// @param maxBodyBytes most bytes of a request body
/// @param maxBodyMemoryBytes most bytes of the bodies of all requests that are being read or wait
///   to become prompts
/// @param maxChoices most texts made for one request: prompts times `best_of`
/// @param maxBeams most beams of a search
/// @param maxStreamBufferBytes most bytes of tokens that may wait for the client of a stream
/// @param logText whether prompts and answers go into the request log
/// @param limits of what stands in a body
public record GenerationOptions(
    int maxBodyBytes,
    long maxBodyMemoryBytes,
    int maxChoices,
    int maxBeams,
    long maxStreamBufferBytes,
    boolean logText,
    RequestLimits limits) {
  /// 4 MiB, 32 of all, 128 choices, 16 beams, 1 MiB, no texts in the log.
  public static final GenerationOptions DEFAULT =
      new GenerationOptions(4 << 20, 32 << 20, 128, 16, 1 << 20, false, RequestLimits.DEFAULT);

  public GenerationOptions {
    require("maxBodyBytes", maxBodyBytes);
    require("maxBodyMemoryBytes", maxBodyMemoryBytes);
    require("maxChoices", maxChoices);
    require("maxStreamBufferBytes", maxStreamBufferBytes);
    require("maxBeams", maxBeams);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}

package io.fiddler.api.generation;

import io.fiddler.api.generation.request.RequestLimits;

/// Limits of requests that generate, and what of them is logged.
///
/// @param maxBodyBytes most bytes of a request body
/// @param maxChoices most choices of one request: prompts times `n`
/// @param maxStreamBufferBytes most bytes of tokens that may wait for the client of a stream
/// @param logText whether prompts and answers go into the request log
/// @param limits of what stands in a body
public record GenerationOptions(
    int maxBodyBytes,
    int maxChoices,
    long maxStreamBufferBytes,
    boolean logText,
    RequestLimits limits) {
  /// 4 MiB, 128 choices, 1 MiB, no texts in the log.
  public static final GenerationOptions DEFAULT =
      new GenerationOptions(4 << 20, 128, 1 << 20, false, RequestLimits.DEFAULT);

  public GenerationOptions {
    require("maxBodyBytes", maxBodyBytes);
    require("maxChoices", maxChoices);
    require("maxStreamBufferBytes", maxStreamBufferBytes);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}

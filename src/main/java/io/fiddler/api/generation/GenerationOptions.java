package io.fiddler.api.generation;

/// Limits of requests that generate, and what of them is logged.
///
/// @param maxBodyBytes most bytes of a request body
/// @param maxChoices most choices of one request: prompts times `n`
/// @param maxStreamBufferBytes most bytes of tokens that may wait for the client of a stream
/// @param logText whether prompts and answers go into the request log
public record GenerationOptions(
    int maxBodyBytes, int maxChoices, long maxStreamBufferBytes, boolean logText) {
  /// 4 MiB, 128 choices, 1 MiB, no texts in the log.
  public static final GenerationOptions DEFAULT =
      new GenerationOptions(4 << 20, 128, 1 << 20, false);

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

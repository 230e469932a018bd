package io.fiddler.api.generation;

/// Limits of requests that generate, and what of them is logged.
///
/// @param maxBodyBytes most bytes of a request body
/// @param maxChoices most choices of one request: prompts times `n`
/// @param logText whether prompts and answers go into the request log
public record GenerationOptions(int maxBodyBytes, int maxChoices, boolean logText) {
  /// 4 MiB, 128 choices, no texts in the log.
  public static final GenerationOptions DEFAULT = new GenerationOptions(4 << 20, 128, false);

  public GenerationOptions {
    require("maxBodyBytes", maxBodyBytes);
    require("maxChoices", maxChoices);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}

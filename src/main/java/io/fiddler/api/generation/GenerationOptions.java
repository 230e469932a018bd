package io.fiddler.api.generation;

/// Limits of requests that generate, and what of them is logged.
///
/// @param maxBodyBytes most bytes of a request body
/// @param maxChoices most texts made for one request: prompts times `best_of`
/// @param maxBeams most beams of a search
/// @param logText whether prompts and answers go into the request log
public record GenerationOptions(int maxBodyBytes, int maxChoices, int maxBeams, boolean logText) {
  /// 4 MiB, 128 choices, 16 beams, no texts in the log.
  public static final GenerationOptions DEFAULT = new GenerationOptions(4 << 20, 128, 16, false);

  public GenerationOptions {
    require("maxBodyBytes", maxBodyBytes);
    require("maxChoices", maxChoices);
    require("maxBeams", maxBeams);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}

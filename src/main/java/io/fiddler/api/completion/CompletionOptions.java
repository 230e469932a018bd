package io.fiddler.api.completion;

/// Limits and logging of completions.
///
/// @param maxBodyBytes most bytes of a request body
/// @param maxChoices most choices of one request: prompts times `n`
/// @param logText whether prompts and answers go into the request log
public record CompletionOptions(int maxBodyBytes, int maxChoices, boolean logText) {
  /// 4 MiB, 128 choices, no texts in the log.
  public static final CompletionOptions DEFAULT = new CompletionOptions(4 << 20, 128, false);

  public CompletionOptions {
    require("maxBodyBytes", maxBodyBytes);
    require("maxChoices", maxChoices);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + value);
    }
  }
}

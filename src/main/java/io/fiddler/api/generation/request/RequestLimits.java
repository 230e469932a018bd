package io.fiddler.api.generation.request;

import io.fiddler.api.error.ApiError;
import io.fiddler.constraint.GrammarLimits;

/// Limits of what stands in a request, whatever model it is for.
///
/// @param maxPromptCharacters most characters of all prompts, or of messages and what else a
///   template is given
/// @param maxMessages most messages of a chat
/// @param maxStops most stop strings
/// @param maxLogitBiases most entries of `logit_bias`
/// @param schemas of the schemas that answers are held to
public record RequestLimits(
    int maxPromptCharacters,
    int maxMessages,
    int maxStops,
    int maxLogitBiases,
    GrammarLimits schemas) {
  /// A million characters, 1,024 messages and biases, and 16 stop strings, more than OpenAI's 4.
  public static final RequestLimits DEFAULT =
      new RequestLimits(1_000_000, 1_024, 16, 1_024, GrammarLimits.DEFAULT);

  public RequestLimits {
    if (maxPromptCharacters < 1 || maxMessages < 1 || maxStops < 0 || maxLogitBiases < 0) {
      throw new IllegalArgumentException(
          "limits must be positive, got %d characters, %d messages, %d stop strings, %d biases"
              .formatted(maxPromptCharacters, maxMessages, maxStops, maxLogitBiases));
    }
  }

  /// Refuses more text than is allowed.
  ///
  /// @param field it stands in
  public void checkCharacters(String field, long characters) {
    checkCharacters(field, field, characters);
  }

  /// The same of several fields together.
  ///
  /// @param field that makes them too long
  /// @param all of them, for messages
  public void checkCharacters(String field, String all, long characters) {
    if (characters > maxPromptCharacters) {
      throw ApiError.invalid(
              field,
              "prompt_too_long",
              "%s must have at most %d characters, got %d"
                  .formatted(all, maxPromptCharacters, characters))
          .asException();
    }
  }
}

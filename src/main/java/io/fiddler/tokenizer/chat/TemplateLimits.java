package io.fiddler.tokenizer.chat;

import java.time.Duration;

/// What one rendering may take; a template comes with the model, and a model from anywhere.
///
/// @param time most time
/// @param steps most evaluated expressions
/// @param characters most characters made, those on the way to the prompt included
public record TemplateLimits(Duration time, long steps, long characters) {
  private static final long STEPS = 1_000_000;
  private static final long CHARACTERS = 32L << 20;

  public TemplateLimits {
    if (!time.isPositive() || steps < 1 || characters < 1) {
      throw new IllegalArgumentException(
          "limits must be positive, got %s, %d steps, %d characters"
              .formatted(time, steps, characters));
    }
  }

  /// A million steps and 32 Mi characters.
  ///
  /// @param time most time
  public static TemplateLimits of(Duration time) {
    return new TemplateLimits(time, STEPS, CHARACTERS);
  }
}

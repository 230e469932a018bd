package io.fiddler.fuzz;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a message for people must be: one line that says something and shows no inner works.
final class Sentences {
  private static final int LONGEST = 2_000;
  private static final Pattern INNER =
      Pattern.compile(
          "\\b(java|tools\\.jackson|io\\.fiddler|ai\\.djl|reactor|org)\\.[a-z]+\\.|\\bat [a-z.]+\\(|[a-z]Exception\\b|\\[Source: |(?i)index -?\\d+ out of bounds");

  private Sentences() {}

  /// What is wrong with it; empty if nothing is.
  static String fault(@Nullable String message) {
    if (message == null || message.isBlank()) {
      return "the message is empty";
    }
    if (message.length() > LONGEST) {
      return "the message has %d characters".formatted(message.length());
    }
    if (message.lines().count() > 1) {
      return "the message has several lines: " + message;
    }
    return INNER.matcher(message).find() ? "the message shows inner works: " + message : "";
  }
}

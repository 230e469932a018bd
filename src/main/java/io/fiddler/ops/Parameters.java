package io.fiddler.ops;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Parameters of operations; each method throws an {@link IllegalArgumentException} with a sentence
/// for people if it is not what it must be.
final class Parameters {
  private static final int LONGEST_REASON = 1_000;
  private static final String ALL = "all";
  private static final String REPLICA = "replica";

  private Parameters() {}

  /// The number of a placement; empty if it was left out.
  static Optional<Long> version(String name, @Nullable String text) {
    return text == null ? Optional.empty() : Optional.of(positive(name, text, Long.MAX_VALUE));
  }

  /// A number of rows in [1, most].
  static int limit(@Nullable String text, int standard, int most) {
    return text == null ? standard : (int) positive("limit", text, most);
  }

  /// Whether all replicas are meant.
  static boolean isForAll(@Nullable String scope) {
    return switch (scope) {
      case null -> false;
      case REPLICA -> false;
      case ALL -> true;
      default ->
          throw new IllegalArgumentException(
              "scope must be %s or %s, got %s".formatted(REPLICA, ALL, scope));
    };
  }

  /// Free text; null if it is blank.
  static @Nullable String reason(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    if (text.length() > LONGEST_REASON) {
      throw new IllegalArgumentException(
          "reason must have at most %d characters, got %d"
              .formatted(LONGEST_REASON, text.length()));
    }
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("reason must not contain the character NUL");
    }
    return text.strip();
  }

  private static long positive(String name, String text, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    throw new IllegalArgumentException(
        most == Long.MAX_VALUE
            ? "%s must be the number of a placement, got %s".formatted(name, text)
            : "%s must be a number from 1 to %d, got %s".formatted(name, most, text));
  }
}

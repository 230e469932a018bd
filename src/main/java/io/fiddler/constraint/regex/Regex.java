package io.fiddler.constraint.regex;

import java.util.List;

/// A regular expression in its parts.
sealed interface Regex {
  /// The largest count of a repetition.
  int MAX_COUNT = 1_000;

  /// One character of a set.
  record One(CharacterSet characters) implements Regex {}

  /// One part after the other.
  record All(List<Regex> parts) implements Regex {}

  /// One of several.
  record Any(List<Regex> alternatives) implements Regex {}

  /// The same several times.
  ///
  /// @param max `Integer.MAX_VALUE` for no limit
  record Repeated(Regex part, int min, int max) implements Regex {}

  /// Any text.
  Regex ANYTHING = new Repeated(new One(CharacterSet.ALL), 0, Integer.MAX_VALUE);
}

package io.fiddler.constraint.token;

import io.fiddler.constraint.AmbiguousGrammarException;

/// What finding the tokens that may follow may cost: it is done between steps, while all others
/// wait. A schema whose alternatives begin alike, one within the other, would else take as much
/// time and memory as there is. Not thread-safe.
final class Effort {
  /// Ways to read a text, side by side: an object with so many properties that may all be left out.
  static final int MAX_READINGS = 2_048;

  /// Readings continued or begun, for one token.
  static final long MAX_SPENT = 5_000_000;

  private long spent;

  /// Another token.
  void begin() {
    spent = 0;
  }

  /// Counts readings that are continued or begun.
  ///
  /// @throws AmbiguousGrammarException if these are too many for one token
  void spend(int readings) {
    spent += readings;
    if (spent > MAX_SPENT) {
      throw tooMany("%,d steps for a token".formatted(MAX_SPENT));
    }
  }

  /// Readings of the token begun last.
  long spent() {
    return spent;
  }

  /// @throws AmbiguousGrammarException if a state has too many readings
  void requireFew(int readings) {
    if (readings > MAX_READINGS) {
      throw tooMany("%,d at once".formatted(MAX_READINGS));
    }
  }

  private static AmbiguousGrammarException tooMany(String most) {
    return new AmbiguousGrammarException(
        "a schema must leave fewer ways to read an answer, at most %s: alternatives that begin alike within each other, and properties that may be left out, count"
            .formatted(most));
  }
}

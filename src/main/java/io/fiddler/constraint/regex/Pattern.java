package io.fiddler.constraint.regex;

import io.fiddler.constraint.json.Content;
import org.jspecify.annotations.Nullable;

/// A string's content that matches a regular expression.
public final class Pattern implements Content {
  private final Dfa dfa;
  private final int state;

  private Pattern(Dfa dfa, int state) {
    this.dfa = dfa;
    this.state = state;
  }

  /// Texts in which `pattern` is found and that have so many characters (code points).
  ///
  /// @param pattern of ECMA-262; found anywhere unless `^` and `$` say where
  /// @param min fewest characters
  /// @param max most characters, not below `min`; `Integer.MAX_VALUE` for no limit
  /// @param maxStates most states of its automaton
  /// @throws RegexException if it cannot be read, is too large, or matches nothing
  public static Pattern of(String pattern, int min, int max, int maxStates) {
    Dfa dfa = Dfa.of(RegexParser.parse(pattern), maxStates);
    boolean anyLength = min == 0 && max == Integer.MAX_VALUE;
    return new Pattern(anyLength ? dfa : dfa.ofLength(min, max, maxStates), 0);
  }

  /// States of its automaton, and edges between them: what it takes in memory.
  public int size() {
    return dfa.size();
  }

  @Override
  public @Nullable Content next(int codePoint) {
    int next = dfa.next(state, codePoint);
    return next < 0 ? null : next == state ? this : new Pattern(dfa, next);
  }

  @Override
  public boolean reaches(int low, int high) {
    return dfa.reaches(state, low, high);
  }

  @Override
  public boolean mayEnd() {
    return dfa.accepts(state);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Pattern pattern && pattern.dfa == dfa && pattern.state == state;
  }

  @Override
  public int hashCode() {
    return 31 * System.identityHashCode(dfa) + state;
  }
}

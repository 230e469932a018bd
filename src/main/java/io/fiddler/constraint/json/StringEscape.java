package io.fiddler.constraint.json;

import io.fiddler.constraint.expression.Residual;
import org.jspecify.annotations.Nullable;

/// A string after a backslash.
///
/// @param before what is left before the escaped character
record StringEscape(Content before) implements Residual {
  private static final String LETTERS = "\"\\/bfnrt";
  private static final String MEANINGS = "\"\\/\b\f\n\r\t";

  /// After the backslash; null if no escape may follow.
  static @Nullable Residual begin(Content before) {
    StringEscape escape = new StringEscape(before);
    for (int i = 0; i < LETTERS.length(); i++) {
      if (escape.next(LETTERS.charAt(i)) != null) {
        return escape;
      }
    }
    return escape.next('u') == null ? null : escape;
  }

  @Override
  public @Nullable Residual next(int symbol) {
    if (symbol == 'u') {
      return new Digits(before, 0, 0, 0).orNull();
    }
    int letter = LETTERS.indexOf(symbol);
    return letter < 0 ? null : JsonString.body(before.next(MEANINGS.charAt(letter)));
  }

  @Override
  public Residual within(int bytes) {
    return new StringEscape(before.within(bytes));
  }

  /// The four digits.
  ///
  /// @param value of the digits read
  /// @param count of the digits read
  /// @param high the high surrogate before, 0 if there was none
  private record Digits(Content before, int value, int count, int high) implements Residual {
    private static final int DIGITS = 4;

    /// This, if a character can come of it.
    @Nullable Residual orNull() {
      int open = 4 * (DIGITS - count);
      int from = value << open;
      int to = ((value + 1) << open) - 1;
      return high == 0 ? firstOrNull(from, to) : secondOrNull(from, to);
    }

    private @Nullable Residual firstOrNull(int from, int to) {
      int last = before.lastEscaped();
      if (before.reaches(from, Math.min(to, last))) {
        return this;
      }
      int firstHigh = Math.max(from, Character.MIN_HIGH_SURROGATE);
      int lastHigh = Math.min(to, Character.MAX_HIGH_SURROGATE);
      return firstHigh <= lastHigh
              && before.reaches(
                  Character.toCodePoint((char) firstHigh, Character.MIN_LOW_SURROGATE),
                  Math.min(
                      last, Character.toCodePoint((char) lastHigh, Character.MAX_LOW_SURROGATE)))
          ? this
          : null;
    }

    private @Nullable Residual secondOrNull(int from, int to) {
      int first = Math.max(from, Character.MIN_LOW_SURROGATE);
      int last = Math.min(to, Character.MAX_LOW_SURROGATE);
      return first <= last
              && before.reaches(
                  Character.toCodePoint((char) high, (char) first),
                  Character.toCodePoint((char) high, (char) last))
          ? this
          : null;
    }

    @Override
    public @Nullable Residual next(int symbol) {
      int digit = symbol < 0x80 ? Character.digit(symbol, 16) : -1;
      if (digit < 0) {
        return null;
      }
      Digits more = new Digits(before, (value << 4) | digit, count + 1, high);
      if (more.orNull() == null) {
        return null;
      }
      return more.count < DIGITS ? more : more.character();
    }

    private @Nullable Residual character() {
      if (high != 0) {
        return JsonString.body(before.next(Character.toCodePoint((char) high, (char) value)));
      }
      return Character.isHighSurrogate((char) value)
          ? new SecondEscape(before, value, false)
          : JsonString.body(before.next(value));
    }

    @Override
    public Residual within(int bytes) {
      return new Digits(before.within(bytes), value, count, high);
    }
  }

  /// Between the escapes of a pair of surrogates.
  ///
  /// @param high the first of them
  /// @param backslash whether the second one's backslash was read
  private record SecondEscape(Content before, int high, boolean backslash) implements Residual {
    @Override
    public @Nullable Residual next(int symbol) {
      if (!backslash) {
        return symbol == '\\' ? new SecondEscape(before, high, true) : null;
      }
      return symbol == 'u' ? new Digits(before, 0, 0, high) : null;
    }

    @Override
    public Residual within(int bytes) {
      return new SecondEscape(before.within(bytes), high, backslash);
    }
  }
}

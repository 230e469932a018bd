package io.fiddler.constraint.json;

import org.jspecify.annotations.Nullable;

/// Any characters.
public enum AnyText implements Content {
  /// Which may end anywhere.
  OPEN_ENDED,
  /// Whose end is further than anybody looks.
  ENDLESS;

  @Override
  public Content next(int codePoint) {
    return this;
  }

  @Override
  public boolean reaches(int low, int high) {
    return low <= high && (low < Character.MIN_SURROGATE || high > Character.MAX_SURROGATE);
  }

  @Override
  public boolean mayEnd() {
    return this == OPEN_ENDED;
  }

  @Override
  public int lastEscaped() {
    return LAST;
  }

  /// Any text of so many characters (code points).
  ///
  /// @param min at least
  /// @param max at most, not below `min`; `Integer.MAX_VALUE` for no limit
  public static Content ofLength(int min, int max) {
    return min == 0 && max == Integer.MAX_VALUE ? OPEN_ENDED : new Counted(min, max);
  }

  /// Any characters, so many.
  ///
  /// @param min still needed, at least 0
  /// @param max still allowed; `Integer.MAX_VALUE` for no limit
  private record Counted(int min, int max) implements Content {
    @Override
    public @Nullable Content next(int codePoint) {
      return max == 0
          ? null
          : ofLength(Math.max(0, min - 1), max == Integer.MAX_VALUE ? max : max - 1);
    }

    @Override
    public boolean reaches(int low, int high) {
      return max > 0 && OPEN_ENDED.reaches(low, high);
    }

    @Override
    public boolean mayEnd() {
      return min == 0;
    }

    @Override
    public int lastEscaped() {
      return LAST;
    }

    @Override
    public Content within(int characters) {
      if (max <= characters) {
        return this;
      }
      return min > characters
          ? ENDLESS
          : min == 0 ? OPEN_ENDED : new Counted(min, Integer.MAX_VALUE);
    }
  }
}

package io.fiddler.constraint.regex;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Code points as ascending ranges that do not touch; surrogates are never among them.
///
/// @param ranges in order
record CharacterSet(List<Range> ranges) {
  static final CharacterSet NONE = new CharacterSet(List.of());
  static final CharacterSet ALL = NONE.negated();
  static final CharacterSet DIGITS = of('0', '9');
  static final CharacterSet WORD = DIGITS.or(of('A', 'Z')).or(of('a', 'z')).or(of('_', '_'));

  /// ECMAScript's white space and line terminators.
  static final CharacterSet SPACE =
      of('\t', '\r')
          .or(of(' ', ' '))
          .or(of(0xA0, 0xA0))
          .or(of(0x1680, 0x1680))
          .or(of(0x2000, 0x200A))
          .or(of(0x2028, 0x2029))
          .or(of(0x202F, 0x202F))
          .or(of(0x205F, 0x205F))
          .or(of(0x3000, 0x3000))
          .or(of(0xFEFF, 0xFEFF));

  /// What the dot stands for.
  static final CharacterSet NO_LINE_END =
      of('\n', '\n').or(of('\r', '\r')).or(of(0x2028, 0x2029)).negated();

  CharacterSet {
    ranges = List.copyOf(ranges);
  }

  /// Code points from `low` to `high`.
  ///
  /// @param low first
  /// @param high last
  record Range(int low, int high) {}

  static CharacterSet of(int low, int high) {
    return NONE.or(new CharacterSet(List.of(new Range(low, high))));
  }

  /// All of both.
  CharacterSet or(CharacterSet other) {
    return anyOf(List.of(this, other));
  }

  /// All of all.
  static CharacterSet anyOf(List<CharacterSet> sets) {
    List<Range> all = new ArrayList<>();
    sets.forEach(set -> all.addAll(set.ranges));
    all.sort(Comparator.comparingInt(Range::low));
    List<Range> merged = new ArrayList<>();
    for (Range range : all) {
      Range last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && range.low <= last.high + 1) {
        merged.set(merged.size() - 1, new Range(last.low, Math.max(last.high, range.high)));
      } else {
        merged.add(range);
      }
    }
    return new CharacterSet(merged).withoutSurrogates();
  }

  private CharacterSet withoutSurrogates() {
    List<Range> kept = new ArrayList<>();
    for (Range range : ranges) {
      add(kept, range.low, Math.min(range.high, Character.MIN_SURROGATE - 1));
      add(kept, Math.max(range.low, Character.MAX_SURROGATE + 1), range.high);
    }
    return new CharacterSet(kept);
  }

  private static void add(List<Range> ranges, int low, int high) {
    if (low <= high) {
      ranges.add(new Range(low, high));
    }
  }

  /// Whether a code point is among them.
  boolean contains(int codePoint) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Range range = ranges.get(middle);
      if (codePoint < range.low) {
        high = middle - 1;
      } else if (codePoint > range.high) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /// All others.
  CharacterSet negated() {
    List<Range> others = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
      add(others, next, range.low - 1);
      next = range.high + 1;
    }
    add(others, next, Character.MAX_CODE_POINT);
    return new CharacterSet(others).withoutSurrogates();
  }
}

package io.fiddler.constraint.regex;

import java.util.ArrayList;
import java.util.List;

/// Reads a regular expression of ECMA-262, but for what no finite automaton can do or what is
/// seldom seen in schemas: look-around, back references, word borders, Unicode properties, and
/// anchors anywhere but at the ends.
final class RegexParser {
  private static final int MAX_NESTING = 100;
  private static final String SYNTAX = "^$\\.*+?()[]{}|/-";

  private final int[] pattern;
  private int at;
  private int nesting;

  private RegexParser(String pattern) {
    this.pattern = pattern.codePoints().toArray();
  }

  /// The texts in which `pattern` is found somewhere, unless its anchors say where.
  ///
  /// @throws RegexException if it cannot be read
  static Regex parse(String pattern) {
    RegexParser parser = new RegexParser(pattern);
    List<Regex> alternatives = new ArrayList<>();
    do {
      alternatives.add(parser.anchored());
    } while (parser.skip('|'));
    if (parser.at < parser.pattern.length) {
      throw parser.wrong("must not close a group that it did not open");
    }
    return new Regex.Any(alternatives);
  }

  private Regex anchored() {
    List<Regex> parts = new ArrayList<>();
    boolean begins = skip('^');
    parts.add(sequence());
    boolean ends = skip('$');
    if (!begins) {
      parts.addFirst(Regex.ANYTHING);
    }
    if (!ends) {
      parts.add(Regex.ANYTHING);
    }
    return new Regex.All(parts);
  }

  private Regex sequence() {
    List<Regex> parts = new ArrayList<>();
    while (at < pattern.length && !isNext('|') && !isNext(')') && !isLastAnchor()) {
      parts.add(repeated(atom()));
    }
    return new Regex.All(parts);
  }

  private boolean isLastAnchor() {
    return isNext('$') && nesting == 0 && (at + 1 == pattern.length || pattern[at + 1] == '|');
  }

  private Regex repeated(Regex part) {
    Regex result = part;
    if (skip('*')) {
      result = new Regex.Repeated(part, 0, Integer.MAX_VALUE);
    } else if (skip('+')) {
      result = new Regex.Repeated(part, 1, Integer.MAX_VALUE);
    } else if (skip('?')) {
      result = new Regex.Repeated(part, 0, 1);
    } else if (skip('{')) {
      result = counted(part);
    } else {
      return part;
    }
    // A lazy repetition finds the same texts.
    skip('?');
    if (isNext('*') || isNext('+') || isNext('?') || isNext('{')) {
      throw wrong("must not repeat a repetition");
    }
    return result;
  }

  private Regex counted(Regex part) {
    int min = count();
    int max = min;
    if (skip(',')) {
      max = isNext('}') ? Integer.MAX_VALUE : count();
    }
    if (!skip('}')) {
      throw wrong("must close a count with }");
    }
    if (max < min) {
      throw wrong("must not have a count whose maximum is below its minimum");
    }
    return new Regex.Repeated(part, min, max);
  }

  private int count() {
    int start = at;
    int count = 0;
    while (at < pattern.length && pattern[at] >= '0' && pattern[at] <= '9') {
      count = 10 * count + pattern[at++] - '0';
      if (count > Regex.MAX_COUNT) {
        throw wrong("must not count further than " + Regex.MAX_COUNT);
      }
    }
    if (at == start) {
      throw wrong("must have a number after {");
    }
    return count;
  }

  private Regex atom() {
    int c = pattern[at++];
    return switch (c) {
      case '(' -> group();
      case '[' -> new Regex.One(set());
      case '.' -> new Regex.One(CharacterSet.NO_LINE_END);
      case '\\' -> new Regex.One(escape());
      case '^', '$' -> throw unsupported("an anchor within, not at an end of it");
      case '*', '+', '?' -> throw wrong("must have something to repeat");
      default -> new Regex.One(CharacterSet.of(c, c));
    };
  }

  private Regex group() {
    if (skip('?')) {
      if (!skip(':')) {
        throw unsupported("look-around or a named group: (?");
      }
    }
    if (++nesting > MAX_NESTING) {
      throw wrong("must nest at most %d groups".formatted(MAX_NESTING));
    }
    List<Regex> alternatives = new ArrayList<>();
    do {
      alternatives.add(sequence());
    } while (skip('|'));
    nesting--;
    if (!skip(')')) {
      throw wrong("must close every group");
    }
    return new Regex.Any(alternatives);
  }

  private CharacterSet set() {
    boolean negated = skip('^');
    List<CharacterSet> items = new ArrayList<>();
    while (!isNext(']')) {
      items.add(setItem());
    }
    at++;
    CharacterSet set = CharacterSet.anyOf(items);
    return negated ? set.negated() : set;
  }

  private CharacterSet setItem() {
    CharacterSet low = setCharacter();
    boolean isRange = isNext('-') && at + 1 < pattern.length && pattern[at + 1] != ']';
    if (!isRange) {
      return low;
    }
    at++;
    CharacterSet high = setCharacter();
    int from = only(low);
    int to = only(high);
    if (from > to) {
      throw wrong("must not have a range that ends before it begins");
    }
    return CharacterSet.of(from, to);
  }

  private int only(CharacterSet set) {
    if (set.ranges().size() != 1
        || set.ranges().getFirst().low() != set.ranges().getFirst().high()) {
      throw wrong("must have a single character at each end of a range");
    }
    return set.ranges().getFirst().low();
  }

  private CharacterSet setCharacter() {
    if (at >= pattern.length) {
      throw wrong("must close every [");
    }
    int c = pattern[at++];
    if (c != '\\') {
      return CharacterSet.of(c, c);
    }
    if (skip('b')) {
      return CharacterSet.of('\b', '\b');
    }
    return escape();
  }

  private CharacterSet escape() {
    if (at >= pattern.length) {
      throw wrong("must not end in a backslash");
    }
    int c = pattern[at++];
    return switch (c) {
      case 'd' -> CharacterSet.DIGITS;
      case 'D' -> CharacterSet.DIGITS.negated();
      case 'w' -> CharacterSet.WORD;
      case 'W' -> CharacterSet.WORD.negated();
      case 's' -> CharacterSet.SPACE;
      case 'S' -> CharacterSet.SPACE.negated();
      case 't' -> CharacterSet.of('\t', '\t');
      case 'n' -> CharacterSet.of('\n', '\n');
      case 'v' -> CharacterSet.of(0x0B, 0x0B);
      case 'f' -> CharacterSet.of('\f', '\f');
      case 'r' -> CharacterSet.of('\r', '\r');
      case '0' -> CharacterSet.of(0, 0);
      case 'x' -> hexadecimal(2);
      case 'u' -> isNext('{') ? bracedHexadecimal() : hexadecimal(4);
      default -> {
        if (c >= 0x80 || (SYNTAX.indexOf(c) < 0 && Character.isLetterOrDigit(c))) {
          throw unsupported("\\" + Character.toString(c));
        }
        yield CharacterSet.of(c, c);
      }
    };
  }

  private CharacterSet bracedHexadecimal() {
    at++;
    int digits = 0;
    while (at + digits < pattern.length && pattern[at + digits] != '}') {
      digits++;
    }
    CharacterSet set = hexadecimal(Math.clamp(digits, 1, 6));
    if (!skip('}')) {
      throw wrong("must close every \\u{ after at most 6 digits");
    }
    return set;
  }

  private CharacterSet hexadecimal(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = at < pattern.length ? Character.digit(pattern[at++], 16) : -1;
      if (digit < 0) {
        throw wrong("must have hexadecimal digits after \\x and \\u");
      }
      value = (value << 4) | digit;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw wrong("must not have characters beyond \\u{10FFFF}");
    }
    if (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE) {
      throw unsupported("half of a surrogate pair");
    }
    return CharacterSet.of(value, value);
  }

  private boolean isNext(int c) {
    return at < pattern.length && pattern[at] == c;
  }

  private boolean skip(int c) {
    boolean found = isNext(c);
    at += found ? 1 : 0;
    return found;
  }

  private RegexException wrong(String rule) {
    return new RegexException("%s (character %d)".formatted(rule, at));
  }

  private RegexException unsupported(String what) {
    return wrong("must do without what is not supported: " + what);
  }
}

package io.fiddler.constraint.json;

import io.fiddler.constraint.expression.Residual;
import org.jspecify.annotations.Nullable;

/// A string within a character of several bytes.
///
/// @param before what is left before the character
/// @param bits of the character, as read so far
/// @param missing bytes still to come
/// @param least the least character that needs so many bytes: shorter ones are no UTF-8
record Utf8Character(Content before, int bits, int missing, int least) implements Residual {
  /// After the first byte, which is not ASCII.
  static @Nullable Residual begin(Content before, int symbol) {
    if (symbol >= 0xC2 && symbol <= 0xDF) {
      return new Utf8Character(before, symbol & 0x1F, 1, 0x80).orNull();
    }
    if (symbol >= 0xE0 && symbol <= 0xEF) {
      return new Utf8Character(before, symbol & 0x0F, 2, 0x800).orNull();
    }
    if (symbol >= 0xF0 && symbol <= 0xF4) {
      return new Utf8Character(before, symbol & 0x07, 3, 0x10000).orNull();
    }
    return null;
  }

  private @Nullable Residual orNull() {
    int shift = 6 * missing;
    int low = Math.max(bits << shift, least);
    int high = Math.min(((bits + 1) << shift) - 1, Content.LAST);
    return before.reaches(low, high) ? this : null;
  }

  @Override
  public @Nullable Residual next(int symbol) {
    if (symbol < 0x80 || symbol > 0xBF) {
      return null;
    }
    int more = (bits << 6) | (symbol & 0x3F);
    if (missing > 1) {
      return new Utf8Character(before, more, missing - 1, least).orNull();
    }
    boolean character =
        more >= least
            && more <= Content.LAST
            && (more < Character.MIN_SURROGATE || more > Character.MAX_SURROGATE);
    return character ? JsonString.body(before.next(more)) : null;
  }

  @Override
  public Residual within(int bytes) {
    return new Utf8Character(before.within(bytes), bits, missing, least);
  }
}

package io.fiddler.tokenizer;

/// UTF-8 bytes to text, one byte at a time, with the [standard's replacement
/// rule](https://encoding.spec.whatwg.org/#utf-8-decoder): one U+FFFD for each longest beginning of
/// a character that is not continued. The tokenizer library replaces the same way; the JDK's
/// decoder does not (surrogates).
final class Utf8Stream {
  private static final char REPLACEMENT = '\uFFFD';

  private int codePoint;
  private int missing;
  // Bounds of the next continuation byte: narrower after E0, ED, F0, F4.
  private int lowest = 0x80;
  private int highest = 0xBF;
  private boolean malformed;

  /// Appends to `text` what became certain with byte `b`, which is in [0, 255].
  void append(int b, StringBuilder text) {
    if (missing > 0 && (b < lowest || b > highest)) {
      finish(text);
    }
    if (missing == 0) {
      begin(b, text);
      return;
    }
    lowest = 0x80;
    highest = 0xBF;
    codePoint = (codePoint << 6) | (b & 0x3F);
    missing--;
    if (missing == 0) {
      text.appendCodePoint(codePoint);
    }
  }

  /// Replaces a character that was begun, at the end of the bytes.
  void finish(StringBuilder text) {
    if (missing > 0) {
      missing = 0;
      lowest = 0x80;
      highest = 0xBF;
      replace(text);
    }
  }

  /// Whether anything had to be replaced so far.
  boolean isMalformed() {
    return malformed;
  }

  private void begin(int b, StringBuilder text) {
    if (b < 0x80) {
      text.append((char) b);
    } else if (b >= 0xC2 && b <= 0xDF) {
      expect(1, b & 0x1F);
    } else if (b >= 0xE0 && b <= 0xEF) {
      expect(2, b & 0x0F);
      lowest = b == 0xE0 ? 0xA0 : 0x80;
      highest = b == 0xED ? 0x9F : 0xBF;
    } else if (b >= 0xF0 && b <= 0xF4) {
      expect(3, b & 0x07);
      lowest = b == 0xF0 ? 0x90 : 0x80;
      highest = b == 0xF4 ? 0x8F : 0xBF;
    } else {
      replace(text);
    }
  }

  private void expect(int continuationBytes, int highBits) {
    missing = continuationBytes;
    codePoint = highBits;
  }

  private void replace(StringBuilder text) {
    malformed = true;
    text.append(REPLACEMENT);
  }
}

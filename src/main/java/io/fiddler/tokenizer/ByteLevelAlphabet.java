package io.fiddler.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How byte-level BPE (GPT-2 and its descendants) writes bytes in its vocabulary: printable bytes
/// as the Latin-1 character of the same number, the others as U+0100 and following.
final class ByteLevelAlphabet {
  private static final short[] BYTES = bytes();

  private ByteLevelAlphabet() {}

  /// The bytes that `token` stands for. A token with any character outside the alphabet (an added
  /// token, usually) stands for its own UTF-8 bytes.
  static byte[] decode(String token) {
    byte[] bytes = decodeAlphabet(token);
    return bytes != null ? bytes : token.getBytes(StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] decodeAlphabet(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return null;
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }

  private static short[] bytes() {
    short[] byChar = new short[0x100 + 68];
    Arrays.fill(byChar, (short) -1);
    int next = 0x100;
    for (short b = 0; b < 0x100; b++) {
      byChar[isPrintable(b) ? b : next++] = b;
    }
    return byChar;
  }

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
  }
}

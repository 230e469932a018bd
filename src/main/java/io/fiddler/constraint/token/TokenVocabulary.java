package io.fiddler.constraint.token;

import io.fiddler.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/// What the tokens of a model are as bytes of text, as the detokeniser will give them out.
/// Immutable.
public final class TokenVocabulary {
  private final byte[][] bytes;
  private final boolean dropsFirstSpace;
  private final TokenTrie trie;

  /// @param bytes of each token by id, as within a text; empty for tokens that are no text
  /// @param dropsFirstSpace whether a text loses the space it begins with
  private TokenVocabulary(byte[][] bytes, boolean dropsFirstSpace) {
    this.bytes = bytes;
    this.dropsFirstSpace = dropsFirstSpace;
    this.trie = TokenTrie.of(bytes);
  }

  /// The vocabulary of a tokenizer. Takes about a second for 150,000 tokens.
  ///
  /// @throws UnsupportedVocabularyException if its tokens cannot spell every text
  public static TokenVocabulary of(Tokenizer tokenizer) {
    byte[][] bytes = new byte[tokenizer.vocabularySize()][];
    for (int id = 0; id < bytes.length; id++) {
      byte @Nullable [] text = tokenizer.tokenBytes(id);
      if (text == null) {
        throw new UnsupportedVocabularyException(
            "a constrained answer needs a tokenizer whose tokens are bytes of text (byte-level, or with byte fallback), and this one's decoder is another");
      }
      bytes[id] = text;
    }
    requireEveryByte(bytes);
    return new TokenVocabulary(bytes, tokenizer.dropsFirstSpace());
  }

  /// A vocabulary of these bytes, for measurements.
  ///
  /// @param bytes of each token by id, as within a text; empty for tokens that are no text
  /// @param dropsFirstSpace whether a text loses the space it begins with
  static TokenVocabulary of(byte[][] bytes, boolean dropsFirstSpace) {
    return new TokenVocabulary(bytes, dropsFirstSpace);
  }

  /// Every byte of UTF-8 must be a token: then a text that is right so far can always be continued.
  private static void requireEveryByte(byte[][] bytes) {
    boolean[] single = new boolean[0x100];
    for (byte[] token : bytes) {
      if (token.length == 1) {
        single[Byte.toUnsignedInt(token[0])] = true;
      }
    }
    for (int b = 0; b < single.length; b++) {
      boolean neverInUtf8 = b == 0xC0 || b == 0xC1 || b > 0xF4;
      // Control characters are escaped in JSON, but for line breaks and tabs.
      boolean needed = b >= ' ' || b == '\n';
      if (needed && !neverInUtf8 && b != 0x7F && !single[b]) {
        throw new UnsupportedVocabularyException(
            "a constrained answer needs a token for every byte, and this model's tokenizer has none for 0x%02X"
                .formatted(b));
      }
    }
  }

  /// One more than the highest id.
  int size() {
    return bytes.length;
  }

  /// Bytes of a token within a text; empty for a token that is no text. Not to be changed.
  byte[] bytes(int id) {
    return bytes[id];
  }

  /// Whether a text loses the space it begins with.
  boolean dropsFirstSpace() {
    return dropsFirstSpace;
  }

  TokenTrie trie() {
    return trie;
  }
}

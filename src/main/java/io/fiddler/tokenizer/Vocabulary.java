package io.fiddler.tokenizer;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The tokens of a tokenizer.json by id, as written there. Immutable.
final class Vocabulary {
  private final @Nullable String[] tokens;
  private final BitSet special;
  private final DecoderKind decoder;

  /// @param tokens by id; null where an id has no token
  /// @param special ids of the special ones
  Vocabulary(List<@Nullable String> tokens, BitSet special, DecoderKind decoder) {
    this.tokens = tokens.toArray(new @Nullable String[0]);
    this.special = (BitSet) special.clone();
    this.decoder = decoder;
  }

  int size() {
    return tokens.length;
  }

  DecoderKind decoder() {
    return decoder;
  }

  /// The token as written in the file, or null if none has this id.
  ///
  /// @throws IllegalArgumentException if `id` is negative
  @Nullable String token(int id) {
    requireId(id);
    return id < tokens.length ? tokens[id] : null;
  }

  boolean isSpecial(int id) {
    return special.get(id);
  }

  Set<Integer> specialIds() {
    return special.stream().boxed().collect(Collectors.toUnmodifiableSet());
  }

  /// The token if it is text in a decoding that skips specials or not, else null.
  @Nullable String visibleToken(int id, boolean skipSpecialTokens) {
    String token = token(id);
    return skipSpecialTokens && isSpecial(id) ? null : token;
  }

  /// The byte of a byte-fallback token (`<0x0A>`), or -1 if `token` is none.
  static int fallbackByte(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) {
      return -1;
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : (high << 4) | low;
  }

  /// @throws IllegalArgumentException if `id` is negative
  static void requireId(int id) {
    if (id < 0) {
      throw new IllegalArgumentException("token id must be >= 0, got " + id);
    }
  }
}

package io.fiddler.tokenizer;

import java.util.Arrays;
import java.util.function.Function;

/// For all other vocabularies: decodes a window of the latest tokens with and without the new one
/// and gives out the difference. The window begins with tokens already given out, since decoders
/// treat the first token of a text in their own way (sentencepiece drops its space).
///
/// A run of byte-fallback tokens is held back until it ends: the library decodes it as a whole, so
/// that one wrong byte at its end still turns all of it into U+FFFD. Once that happened each
/// further byte is U+FFFD for certain.
final class WindowDetokenizer implements Detokenizer {
  // Two, not one: a lone "▁" at the beginning of a window would vanish.
  private static final int CONTEXT_TOKENS = 2;

  private final Function<int[], String> decoder;
  private final Vocabulary vocabulary;
  private final boolean skipSpecialTokens;
  private final StringBuilder discarded = new StringBuilder();

  private int[] window = new int[16];
  private int size;
  private String known = "";
  private Utf8Stream run = new Utf8Stream();

  /// @param decoder text of tokens, specials included
  WindowDetokenizer(
      Function<int[], String> decoder, Vocabulary vocabulary, boolean skipSpecialTokens) {
    this.decoder = decoder;
    this.vocabulary = vocabulary;
    this.skipSpecialTokens = skipSpecialTokens;
  }

  @Override
  public String append(int tokenId) {
    // Skipped tokens never enter the window: a model that ignores its end would fill it.
    String token = vocabulary.visibleToken(tokenId, skipSpecialTokens);
    if (token == null) {
      return "";
    }
    if (vocabulary.decoder() == DecoderKind.BYTE_FALLBACK) {
      int b = Vocabulary.fallbackByte(token);
      if (b >= 0) {
        return appendByte(tokenId, b);
      }
      run = new Utf8Stream();
    }
    push(tokenId);
    return emit(vocabulary.decoder() == DecoderKind.OTHER);
  }

  @Override
  public String flush() {
    run = new Utf8Stream();
    return emit(false);
  }

  private String appendByte(int tokenId, int b) {
    if (run.isMalformed()) {
      return "\uFFFD";
    }
    push(tokenId);
    run.append(b, discarded);
    discarded.setLength(0);
    return run.isMalformed() ? emit(false) : "";
  }

  /// What the window's text has grown by. Bytes may hide in decoders we do not know: hence
  /// `holdReplacement`, which waits while the text ends in U+FFFD.
  private String emit(boolean holdReplacement) {
    String text = decoder.apply(Arrays.copyOf(window, size));
    if (text.length() <= known.length() || (holdReplacement && text.endsWith("\uFFFD"))) {
      return "";
    }
    String piece = text.substring(known.length());
    keepContext(text);
    return piece;
  }

  private void keepContext(String text) {
    if (size > CONTEXT_TOKENS) {
      int[] context = Arrays.copyOfRange(window, size - CONTEXT_TOKENS, size);
      String contextText = decoder.apply(context);
      if (!contextText.isEmpty()) {
        System.arraycopy(context, 0, window, 0, CONTEXT_TOKENS);
        size = CONTEXT_TOKENS;
        known = contextText;
        return;
      }
    }
    known = text;
  }

  private void push(int tokenId) {
    if (size == window.length) {
      window = Arrays.copyOf(window, 2 * size);
    }
    window[size++] = tokenId;
  }
}

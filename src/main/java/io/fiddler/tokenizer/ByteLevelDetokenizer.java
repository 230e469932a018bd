package io.fiddler.tokenizer;

/// For byte-level vocabularies: tokens are bytes, and a character is certain with its last byte.
/// Needs no library and holds back at most three bytes.
final class ByteLevelDetokenizer implements Detokenizer {
  private final Vocabulary vocabulary;
  private final boolean skipSpecialTokens;
  private final Utf8Stream utf8 = new Utf8Stream();
  private final StringBuilder text = new StringBuilder();

  ByteLevelDetokenizer(Vocabulary vocabulary, boolean skipSpecialTokens) {
    this.vocabulary = vocabulary;
    this.skipSpecialTokens = skipSpecialTokens;
  }

  @Override
  public String append(int tokenId) {
    String token = vocabulary.visibleToken(tokenId, skipSpecialTokens);
    if (token == null) {
      return "";
    }
    for (byte b : ByteLevelAlphabet.decode(token)) {
      utf8.append(Byte.toUnsignedInt(b), text);
    }
    return take();
  }

  @Override
  public String flush() {
    utf8.finish(text);
    return take();
  }

  private String take() {
    String piece = text.toString();
    text.setLength(0);
    return piece;
  }
}

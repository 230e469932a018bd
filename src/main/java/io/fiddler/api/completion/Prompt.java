package io.fiddler.api.completion;

/// One prompt as the client sent it.
sealed interface Prompt {
  /// Its length as text; 0 for tokens.
  default long characters() {
    return this instanceof Text(String text) ? text.length() : 0;
  }

  /// Text to be tokenised.
  record Text(String text) implements Prompt {}

  /// Token ids, not yet checked against a vocabulary.
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Tokens(int[] ids) implements Prompt {}
}

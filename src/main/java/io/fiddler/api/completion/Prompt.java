package io.fiddler.api.completion;

/// One prompt as the client sent it.
sealed interface Prompt {
  /// Text to be tokenised.
  record Text(String text) implements Prompt {}

  /// Token ids, not yet checked against a vocabulary.
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Tokens(int[] ids) implements Prompt {}
}

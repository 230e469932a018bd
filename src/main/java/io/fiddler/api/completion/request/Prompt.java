package io.fiddler.api.completion.request;

/// One prompt as the client sent it.
public sealed interface Prompt {
  /// Text to be tokenised.
  record Text(String text) implements Prompt {}

  /// Token ids, not yet checked against a vocabulary.
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Tokens(int[] ids) implements Prompt {}
}

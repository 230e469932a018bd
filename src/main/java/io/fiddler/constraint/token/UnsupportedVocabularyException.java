package io.fiddler.constraint.token;

/// A tokenizer that grammars cannot be laid over; the message says why.
public final class UnsupportedVocabularyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnsupportedVocabularyException(String message) {
    super(message);
  }
}

package io.fiddler.tokenizer;

/// A tokenizer that cannot be loaded or used; the message names the file.
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.fiddler.constraint;

/// A text of a grammar can be read in too many ways at once, so that finding the tokens that may
/// follow would hold up others.
public final class AmbiguousGrammarException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param message a sentence that names the limit
  public AmbiguousGrammarException(String message) {
    super(message);
  }
}

package io.fiddler.constraint.regex;

/// A regular expression that is wrong, asks for what is not supported, or is too large; the message
/// is the rule that it breaks.
public final class RegexException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RegexException(String rule) {
    super(rule);
  }
}

package io.fiddler.bench.cli;

/// The arguments of a command are wrong; the message is one sentence for people.
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public UsageException(String sentence) {
    super(sentence);
  }
}

package io.fiddler.config;

/// The service must not go on; the message is one sentence for people.
final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StartupException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}

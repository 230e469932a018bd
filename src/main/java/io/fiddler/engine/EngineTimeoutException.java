package io.fiddler.engine;

/// The time that a request may take has passed; trying again when less is going on may help.
public final class EngineTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public EngineTimeoutException(String message) {
    super(message);
  }
}

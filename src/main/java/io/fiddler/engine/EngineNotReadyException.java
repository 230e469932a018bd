package io.fiddler.engine;

/// The engine does not take requests now: it is loading, failed or closing.
public final class EngineNotReadyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public EngineNotReadyException(String message) {
    super(message);
  }

  /// With what made it so.
  public EngineNotReadyException(String message, Throwable cause) {
    super(message, cause);
  }
}

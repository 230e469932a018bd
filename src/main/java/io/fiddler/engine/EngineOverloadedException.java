package io.fiddler.engine;

/// The queue is full; trying again later helps.
public final class EngineOverloadedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public EngineOverloadedException(String message) {
    super(message);
  }
}

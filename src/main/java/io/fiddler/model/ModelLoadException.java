package io.fiddler.model;

/// A model that cannot be loaded; the message names the file and, where there is one, the tensor or
/// key.
public final class ModelLoadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With a message of the form "what, rule, got (where)".
  public ModelLoadException(String message) {
    super(message);
  }

  /// With the cause of the failure.
  public ModelLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}

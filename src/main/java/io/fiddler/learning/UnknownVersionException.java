package io.fiddler.learning;

/// There is no placement of that version.
public final class UnknownVersionException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Names the version.
  public UnknownVersionException(long version) {
    super("version must be that of a recorded placement, got " + version);
  }
}

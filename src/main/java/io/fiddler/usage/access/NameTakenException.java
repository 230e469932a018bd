package io.fiddler.usage.access;

/// Another key has that name.
public final class NameTakenException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param name which
  /// @param cause what the database said
  public NameTakenException(String name, Throwable cause) {
    super("name must be that of no other key, got \"%s\"".formatted(name), cause);
  }
}

package io.fiddler.store;

/// The database answers, and its schema cannot be brought up to date: it is not ours, or newer than
/// this version.
public final class MigrationFailedException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  MigrationFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.fiddler.store.embedded;

import org.jspecify.annotations.Nullable;

/// The embedded PostgreSQL cannot run; the message says what to do.
public final class EmbeddedPostgresException extends RuntimeException {
  private static final long serialVersionUID = 1;

  EmbeddedPostgresException(String message) {
    this(message, null);
  }

  EmbeddedPostgresException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

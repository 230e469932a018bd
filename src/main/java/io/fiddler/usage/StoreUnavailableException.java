package io.fiddler.usage;

import org.jspecify.annotations.Nullable;

/// The database does not answer now.
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people and the failure behind it.
  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.fiddler.tensor;

/// Host memory that cannot be had; the message names the size.
public final class HostMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  HostMemoryException(String message) {
    super(message);
  }

  HostMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}

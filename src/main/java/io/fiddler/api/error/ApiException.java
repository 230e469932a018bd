package io.fiddler.api.error;

/// A request that ends in an [ApiError].
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient ApiError error;

  ApiException(ApiError error) {
    // An answer, not a fault of the code: nobody reads the stack trace.
    super(error.message(), null, false, false);
    this.error = error;
  }

  /// The answer.
  public ApiError error() {
    return error;
  }
}

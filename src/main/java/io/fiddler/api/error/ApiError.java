package io.fiddler.api.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An answer that is an error.
///
/// @param status HTTP status
/// @param type OpenAI's error type
/// @param code for programs; null if the type says enough
/// @param param the field at fault; null if none is
/// @param message for people: what, rule, got
/// @param headers further response headers, for example `Retry-After`
public record ApiError(
    int status,
    String type,
    @Nullable String code,
    @Nullable String param,
    String message,
    Map<String, String> headers) {
  private static final String INVALID_REQUEST = "invalid_request_error";

  public ApiError {
    headers = Map.copyOf(headers);
  }

  /// The request is at fault: 400.
  public static ApiError invalid(@Nullable String param, String code, String message) {
    return refused(400, param, code, message);
  }

  /// The request is at fault, with another status of 4xx.
  public static ApiError refused(
      int status, @Nullable String param, @Nullable String code, String message) {
    return new ApiError(status, INVALID_REQUEST, code, param, message, Map.of());
  }

  /// Too much is going on: 429.
  public static ApiError overloaded(String message) {
    return new ApiError(429, "rate_limit_error", "overloaded", null, message, retryAfter(1));
  }

  /// Not ready to serve: 503.
  public static ApiError unavailable(String code, String message) {
    return new ApiError(503, "service_unavailable_error", code, null, message, retryAfter(2));
  }

  /// Our fault: 500. Says nothing but where to look.
  public static ApiError internal(String requestId) {
    return new ApiError(
        500,
        "server_error",
        "internal_error",
        null,
        "Internal error; the service's log says more under request id " + requestId,
        Map.of());
  }

  /// The same with one more response header.
  public ApiError with(String header, String value) {
    return new ApiError(status, type, code, param, message, Map.of(header, value));
  }

  /// As a failure.
  public ApiException asException() {
    return new ApiException(this);
  }

  private static Map<String, String> retryAfter(int seconds) {
    return Map.of("Retry-After", Integer.toString(seconds));
  }
}

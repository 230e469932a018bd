package io.fiddler.ops;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// Why an operation was refused.
///
/// @param error one sentence
public record Problem(String error) {
  private static final int STATUS_CONFLICT = 409;

  /// What was sent may be in it, however long.
  private static final int LONGEST = 500;

  /// What was asked for breaks a rule.
  public static WebEndpointResponse<Object> badRequest(@Nullable String error) {
    return answer(error, WebEndpointResponse.STATUS_BAD_REQUEST);
  }

  /// There is no such thing.
  public static WebEndpointResponse<Object> notFound(@Nullable String error) {
    return answer(error, WebEndpointResponse.STATUS_NOT_FOUND);
  }

  /// It cannot be as things are.
  public static WebEndpointResponse<Object> conflict(@Nullable String error) {
    return answer(error, STATUS_CONFLICT);
  }

  /// Not now.
  public static WebEndpointResponse<Object> unavailable(@Nullable String error) {
    return answer(error, WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
  }

  private static WebEndpointResponse<Object> answer(@Nullable String error, int status) {
    return new WebEndpointResponse<>(new Problem(shortened(String.valueOf(error))), status);
  }

  private static String shortened(String error) {
    return error.length() <= LONGEST ? error : error.substring(0, LONGEST) + "...";
  }
}

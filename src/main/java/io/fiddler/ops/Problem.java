package io.fiddler.ops;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// Why an operation was refused.
///
/// @param error one sentence
record Problem(String error) {
  private static final int STATUS_CONFLICT = 409;

  static WebEndpointResponse<Object> badRequest(@Nullable String error) {
    return answer(error, WebEndpointResponse.STATUS_BAD_REQUEST);
  }

  static WebEndpointResponse<Object> notFound(@Nullable String error) {
    return answer(error, WebEndpointResponse.STATUS_NOT_FOUND);
  }

  static WebEndpointResponse<Object> conflict(@Nullable String error) {
    return answer(error, STATUS_CONFLICT);
  }

  static WebEndpointResponse<Object> unavailable(@Nullable String error) {
    return answer(error, WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
  }

  private static WebEndpointResponse<Object> answer(@Nullable String error, int status) {
    return new WebEndpointResponse<>(new Problem(String.valueOf(error)), status);
  }
}

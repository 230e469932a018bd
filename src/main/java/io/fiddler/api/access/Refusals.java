package io.fiddler.api.access;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.usage.access.KeyVerdict.Reason;
import io.fiddler.usage.access.Scope;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;

/// How it reads that somebody may not.
final class Refusals {
  private static final String REALM = "Bearer realm=\"fiddler\"";

  private Refusals() {}

  static ApiException noKey() {
    return unauthorized(
        "missing_api_key", "An API key is required: Authorization: Bearer <key>");
  }

  static ApiException badKey(Reason reason) {
    return switch (reason) {
      case UNKNOWN -> unauthorized("invalid_api_key", "The API key is not known");
      case DISABLED -> unauthorized("disabled_api_key", "The API key is disabled");
      case EXPIRED -> unauthorized("expired_api_key", "The API key has expired");
    };
  }

  /// The database does not answer, and the key is not remembered: nobody knows whether it counts.
  static ApiException unknowable() {
    return ApiError.unavailable(
            "key_not_verifiable",
            "The API key cannot be checked now: the database does not answer; try again later")
        .asException();
  }

  static ApiException busy() {
    return ApiError.unavailable(
            "too_many_keys", "Too many API keys wait to be checked; try again later")
        .asException();
  }

  static ApiException scope(Set<Scope> needed) {
    String scopes = needed.stream().sorted().map(Scope::text).collect(Collectors.joining(" "));
    return ApiError.refused(
            403,
            null,
            "insufficient_scope",
            "The API key must have the scope %s".formatted(scopes.replace(" ", " or ")))
        .with(
            HttpHeaders.WWW_AUTHENTICATE,
            REALM + ", error=\"insufficient_scope\", scope=\"" + scopes + "\"")
        .asException();
  }

  private static ApiException unauthorized(String code, String message) {
    return ApiError.refused(401, null, code, message)
        .with(HttpHeaders.WWW_AUTHENTICATE, REALM)
        .asException();
  }
}

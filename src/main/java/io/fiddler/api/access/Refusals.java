package io.fiddler.api.access;

import io.fiddler.api.access.Allowance.Claim;
import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.usage.access.KeyVerdict.Reason;
import io.fiddler.usage.access.Scope;
import io.fiddler.usage.access.limit.Admission.Exceeded;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// How it reads that somebody may not.
final class Refusals {
  private static final String REALM = "Bearer realm=\"fiddler\"";

  private Refusals() {}

  static ApiException noKey() {
    return unauthorized("missing_api_key", "An API key is required: Authorization: Bearer <key>");
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

  /// @param claim that exceeds it; null if it is not about tokens
  static ApiException limit(Exceeded exceeded, @Nullable Claim claim) {
    String field = claim == null || claim.maxTokens() == null ? "answer" : claim.maxTokens();
    boolean tooLarge = exceeded.asked() > exceeded.limit();
    String message =
        switch (exceeded.what()) {
          case "requests" -> "The API key may send %d requests a minute";
          case "tokens" ->
              tooLarge
                  ? "The API key may use %d tokens a minute, and this request asks for up to %d (prompt and %s)"
                  : "The API key may use %d tokens a minute, and fewer than %d are left (prompt and %s)";
          case "month" ->
              "The API key may use %d tokens a month, and fewer than %d are left (prompt and %s)";
          default -> "The API key may have %d requests at once";
        };
    long seconds = Math.max(1, exceeded.retryAfter().plusMillis(999).toSeconds());
    boolean month = exceeded.what().equals("month");
    return new ApiError(
            429,
            month ? "insufficient_quota" : "rate_limit_error",
            month ? "insufficient_quota" : "rate_limit_exceeded",
            tooLarge && claim != null ? limiting(claim) : null,
            message.formatted(exceeded.limit(), exceeded.asked(), field),
            Map.of(HttpHeaders.RETRY_AFTER, Long.toString(seconds)))
        .asException();
  }

  private static String limiting(Claim claim) {
    return claim.maxTokens() == null ? claim.prompt() : claim.maxTokens();
  }

  private static ApiException unauthorized(String code, String message) {
    return ApiError.refused(401, null, code, message)
        .with(HttpHeaders.WWW_AUTHENTICATE, REALM)
        .asException();
  }
}

package io.fiddler.api.error;

import io.fiddler.constraint.AmbiguousGrammarException;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineOverloadedException;
import io.fiddler.engine.EngineTimeoutException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;

/// Failures to answers. Whatever it does not know is a 500 without detail.
public final class ErrorTranslation {
  private ErrorTranslation() {}

  /// The answer to `failure`.
  ///
  /// @param where method and path
  /// @param requestId named in answers whose detail only the log has
  public static ApiError translate(Throwable failure, String where, String requestId) {
    return switch (failure) {
      case ApiException known -> known.error();
      case EngineNotReadyException notReady ->
          ApiError.unavailable("engine_not_ready", sentence(notReady));
      case EngineOverloadedException overloaded -> ApiError.overloaded(sentence(overloaded));
      case EngineTimeoutException timeout -> ApiError.unavailable("timeout", sentence(timeout));
      case AmbiguousGrammarException ambiguous ->
          ApiError.invalid(null, "invalid_schema", sentence(ambiguous));
      case RejectedExecutionException _ ->
          ApiError.overloaded("Too many prompts are waiting to be read; try again later");
      case DataBufferLimitException _ ->
          ApiError.refused(413, null, "request_too_large", "The body is over the limit");
      case MethodNotAllowedException method -> methodNotAllowed(method, where);
      case UnsupportedMediaTypeStatusException media -> unsupportedMedia(media);
      // Each answer can be written as JSON in UTF-8: it is the character set that Accept asks for.
      case HttpMessageNotWritableException _ -> otherRefusal(406, where);
      case InvalidMediaTypeException media ->
          ApiError.refused(
              415,
              null,
              "unsupported_media_type",
              "Content-Type must be a media type, got %s".formatted(media.getMediaType()));
      case ErrorResponse known when known.getStatusCode().is4xxClientError() ->
          otherRefusal(known.getStatusCode().value(), where);
      default -> ApiError.internal(requestId);
    };
  }

  private static ApiError methodNotAllowed(MethodNotAllowedException failure, String where) {
    String allowed =
        failure.getSupportedMethods().stream()
            .map(Object::toString)
            .sorted()
            .collect(Collectors.joining(", "));
    return ApiError.refused(
            405,
            null,
            "method_not_allowed",
            "Method not allowed: %s (allowed: %s)".formatted(where, allowed))
        .with("Allow", allowed);
  }

  private static ApiError unsupportedMedia(UnsupportedMediaTypeStatusException failure) {
    Object got = failure.getContentType() == null ? "none" : failure.getContentType();
    return ApiError.refused(
        415, null, "unsupported_media_type", "Content-Type must be application/json, got " + got);
  }

  private static ApiError otherRefusal(int status, String where) {
    return switch (status) {
      case 404 -> ApiError.refused(404, null, "unknown_path", "Unknown path: " + where);
      case 406 ->
          ApiError.refused(
              406, null, "not_acceptable", "No answer in the form that Accept asks for");
      case 413 -> ApiError.refused(413, null, "request_too_large", "The body is over the limit");
      default -> ApiError.refused(status, null, null, "The request was refused: " + where);
    };
  }

  private static String sentence(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "Not available now" : message;
  }
}

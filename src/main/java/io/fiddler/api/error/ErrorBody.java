package io.fiddler.api.error;

import org.jspecify.annotations.Nullable;

/// OpenAI's error shape.
///
/// @param error the only member
public record ErrorBody(Detail error) {
  /// The body of an error.
  public static ErrorBody of(ApiError error) {
    return new ErrorBody(new Detail(error.message(), error.type(), error.param(), error.code()));
  }

  /// What is wrong.
  ///
  /// @param message for people
  /// @param type OpenAI's error type
  /// @param param the field at fault
  /// @param code for programs
  public record Detail(
      String message, String type, @Nullable String param, @Nullable String code) {}
}

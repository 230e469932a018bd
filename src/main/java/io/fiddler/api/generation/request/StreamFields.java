package io.fiddler.api.generation.request;

import io.fiddler.api.json.JsonFields;

/// The fields `stream` and `stream_options`.
///
/// @param stream whether the answer is streamed
/// @param includeUsage whether a stream ends with the usage
public record StreamFields(boolean stream, boolean includeUsage) {
  /// What the fields say.
  ///
  /// @throws io.fiddler.api.error.ApiException naming field, rule and value
  public static StreamFields read(JsonFields fields) {
    boolean stream = fields.flag("stream", false);
    JsonFields options = fields.object("stream_options");
    if (options == null) {
      return new StreamFields(stream, false);
    }
    if (!stream) {
      throw JsonFields.wrong("stream_options", "stream_options is only for stream = true");
    }
    return new StreamFields(true, options.flag("include_usage", false));
  }
}

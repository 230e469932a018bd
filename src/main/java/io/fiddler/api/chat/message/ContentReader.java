package io.fiddler.api.chat.message;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads the content of a message: a string, or parts of text, which are joined by line breaks as
/// in vLLM.
final class ContentReader {
  private static final String FIELD = "content";

  private ContentReader() {}

  /// The text.
  ///
  /// @param message has content
  static String read(JsonFields message) {
    String place = message.place(FIELD);
    JsonNode value = message.value(FIELD);
    if (value != null && value.isString()) {
      return value.stringValue();
    }
    if (value == null || !value.isArray() || value.isEmpty()) {
      throw JsonFields.wrong(
          place,
          "%s must be a string or an array of text parts, got %s"
              .formatted(place, value == null ? "null" : JsonFields.shown(value)));
    }
    List<String> texts = new ArrayList<>(value.size());
    for (int i = 0; i < value.size(); i++) {
      texts.add(part(JsonFields.within(place + "[" + i + "]", value.get(i))));
    }
    return String.join("\n", texts);
  }

  private static String part(JsonFields part) {
    String type = part.string("type");
    String field = type != null && type.equals("refusal") ? "refusal" : "text";
    if (type == null || !List.of("text", "refusal").contains(type)) {
      String place = part.place("type");
      JsonNode got = part.value("type");
      throw ApiError.invalid(
              place,
              "unsupported_value",
              "%s must be \"text\", got %s: the model served reads text only"
                  .formatted(place, got == null ? "nothing" : JsonFields.shown(got)))
          .asException();
    }
    String text = part.string(field);
    if (text == null) {
      throw ApiError.invalid(
              part.place(field), "missing_field", part.place(field) + " is required: a string")
          .asException();
    }
    return text;
  }
}

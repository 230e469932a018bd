package io.fiddler.tokenizer;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// What the native library takes for JSON, which is less than JSON allows: where it meets anything
/// else in some places it ends the whole process instead of returning an error. So that is asked
/// before.
final class PlainJson {
  /// Of objects and arrays in each other.
  private static final int MOST_DEPTH = 100;

  private PlainJson() {}

  /// Reads all of it.
  ///
  /// @throws tools.jackson.core.JacksonException if it is not JSON
  /// @throws IllegalArgumentException if the library could not read it
  static void require(byte[] json) {
    try (JsonParser parser = JsonMapper.shared().createParser(json)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        switch (token) {
          case START_OBJECT, START_ARRAY -> {
            depth++;
            if (depth > MOST_DEPTH) {
              throw wrong(parser, "has objects and arrays more than %d deep".formatted(MOST_DEPTH));
            }
          }
          case END_OBJECT, END_ARRAY -> depth--;
          case PROPERTY_NAME -> requireWellFormed(parser, parser.currentName());
          case VALUE_STRING -> requireWellFormed(parser, parser.getString());
          case VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT -> {
            if (!Double.isFinite(parser.getDoubleValue())) {
              throw wrong(parser, "has a number out of range");
            }
          }
          default -> {
            // Nothing can be wrong with true, false and null.
          }
        }
      }
    }
  }

  /// The value at which the parser is; a null is a node, too.
  static JsonNode value(JsonParser parser) {
    JsonNode value = parser.readValueAsTree();
    return value == null ? JsonNodeFactory.instance.nullNode() : value;
  }

  private static void requireWellFormed(JsonParser parser, String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      boolean paired =
          Character.isHighSurrogate(unit)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (paired) {
        i++;
      } else if (Character.isSurrogate(unit)) {
        throw wrong(parser, "has half a character (an unpaired surrogate) in a string");
      }
    }
  }

  private static IllegalArgumentException wrong(JsonParser parser, String what) {
    var at = parser.currentTokenLocation();
    return new IllegalArgumentException(
        "it %s (line %d, column %d)".formatted(what, at.getLineNr(), at.getColumnNr()));
  }
}

package io.fiddler.safetensors;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// JSON of files that nobody vouches for, and words for what is wrong in it.
final class StrictJson {
  private static final int MAX_QUOTED = 120;

  // Names are not shared between files, so a table of them would only grow.
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES).build();

  private StrictJson() {}

  /// UTF-8 and nothing else: the library would guess other encodings.
  static JsonParser parser(byte[] json) {
    return FACTORY.createParser(
        ObjectReadContext.empty(),
        new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder()));
  }

  /// The parser's complaint, without the excerpt and location it adds in lines of their own.
  static String reason(JacksonException e) {
    long offset = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
    return printable(JsonReason.of(e)) + (offset < 0 ? "" : " at character " + offset);
  }

  static String quote(String text) {
    return "\"" + printable(text) + "\"";
  }

  private static String printable(String text) {
    StringBuilder result = new StringBuilder();
    text.codePoints()
        .limit(MAX_QUOTED)
        .forEach(c -> result.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return text.codePointCount(0, text.length()) > MAX_QUOTED ? result + "..." : result.toString();
  }

  static String kind(@Nullable JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      case null, default -> "nothing";
    };
  }
}

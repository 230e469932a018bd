package io.fiddler.tokenizer;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the native library does not look at, and ends the whole process for at the first text that
/// comes to it: special tokens around texts that are not defined, and a decoder that strips the
/// ends of tokens, which may be too short for it.
final class LibraryLimits {
  private LibraryLimits() {}

  /// Reads the post-processor and the decoder of a tokenizer.json.
  ///
  /// @throws IllegalArgumentException if it has any of that
  static void require(byte[] json) {
    try (JsonParser parser = JsonMapper.shared().createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "post_processor" -> requireDefined(PlainJson.value(parser));
          case "decoder" -> requireNoStripping(PlainJson.value(parser));
          default -> parser.skipChildren();
        }
      }
    }
  }

  /// Also in those of a sequence.
  private static void requireNoStripping(JsonNode decoder) {
    decoder.path("decoders").forEach(LibraryLimits::requireNoStripping);
    if (decoder.path("type").asString("").equals("Strip") && decoder.path("stop").asInt(0) != 0) {
      throw new IllegalArgumentException(
          "decoder.stop of a Strip must be 0, got " + decoder.get("stop"));
    }
  }

  /// Also in those of a sequence.
  private static void requireDefined(JsonNode processor) {
    processor.path("processors").forEach(LibraryLimits::requireDefined);
    for (JsonNode token : processor.path("special_tokens")) {
      for (JsonNode id : token.path("ids")) {
        if (!id.canConvertToInt() || id.asInt() < 0) {
          throw new IllegalArgumentException(
              "post_processor.special_tokens must have ids from 0 to 2147483647, got " + id);
        }
      }
    }
    for (String template : new String[] {"single", "pair"}) {
      for (JsonNode piece : processor.path(template)) {
        JsonNode id = piece.path("SpecialToken").path("id");
        if (id.isString() && !processor.path("special_tokens").has(id.asString())) {
          throw new IllegalArgumentException(
              "post_processor.%s uses the token \"%s\", which special_tokens must define"
                  .formatted(template, id.asString()));
        }
      }
    }
  }
}

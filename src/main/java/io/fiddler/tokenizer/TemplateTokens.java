package io.fiddler.tokenizer;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The special tokens that a tokenizer puts around texts. The native library does not look whether
/// they are defined, and ends the whole process at the first text if they are not.
final class TemplateTokens {
  private TemplateTokens() {}

  /// Reads the post-processor of a tokenizer.json.
  ///
  /// @throws IllegalArgumentException if it uses a token that it does not define
  static void require(byte[] json) {
    try (JsonParser parser = JsonMapper.shared().createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean isProcessor = parser.currentName().equals("post_processor");
        parser.nextToken();
        if (isProcessor) {
          requireIn(parser.readValueAsTree());
        } else {
          parser.skipChildren();
        }
      }
    }
  }

  /// Also in those of a sequence.
  private static void requireIn(JsonNode processor) {
    processor.path("processors").forEach(TemplateTokens::requireIn);
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

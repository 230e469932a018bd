package io.fiddler.tokenizer;

import tools.jackson.databind.JsonNode;

/// What a tokenizer.json's decoder does with bytes: what decides which text is certain.
enum DecoderKind {
  /// Tokens are bytes; text is their UTF-8.
  BYTE_LEVEL,
  /// Some tokens are single bytes, `<0x0A>`. A run of them is text if the whole run is UTF-8, else
  /// each becomes U+FFFD.
  BYTE_FALLBACK,
  /// Anything else.
  OTHER;

  /// The kind of the `decoder` node, which may be missing or null.
  static DecoderKind of(JsonNode decoder) {
    JsonNode steps = decoder.path("decoders");
    if (steps.isArray() && steps.size() == 1) {
      return of(steps.get(0));
    }
    for (JsonNode step : steps) {
      if (isType(step, "ByteFallback")) {
        return BYTE_FALLBACK;
      }
    }
    return isType(decoder, "ByteLevel")
        ? BYTE_LEVEL
        : isType(decoder, "ByteFallback") ? BYTE_FALLBACK : OTHER;
  }

  private static boolean isType(JsonNode decoder, String type) {
    return decoder.path("type").asString("").equals(type);
  }
}

package io.fiddler.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads what the library does not tell from the bytes of a tokenizer.json: the tokens by id, which
/// are special, and the kind of decoder. Streams past the merges, the largest part of the file.
final class VocabularyReader {
  // An id far beyond any vocabulary is a broken file; without a limit it would eat the memory.
  private static final int MAX_TOKENS = 1 << 24;

  private final List<@Nullable String> tokens = new ArrayList<>();
  private final List<JsonNode> addedTokens = new ArrayList<>();
  private DecoderKind decoder = DecoderKind.OTHER;

  private VocabularyReader() {}

  /// @throws tools.jackson.core.JacksonException if it is not JSON
  /// @throws IllegalArgumentException if an id is out of range
  static Vocabulary read(byte[] tokenizerJson) {
    VocabularyReader reader = new VocabularyReader();
    try (JsonParser parser = JsonMapper.shared().createParser(tokenizerJson)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "added_tokens" -> reader.readAddedTokens(parser);
          case "decoder" -> reader.decoder = DecoderKind.of(PlainJson.value(parser));
          case "model" -> reader.readModel(parser);
          default -> parser.skipChildren();
        }
      }
    }
    return reader.vocabulary();
  }

  private void readAddedTokens(JsonParser parser) {
    JsonNode added = PlainJson.value(parser);
    added.forEach(addedTokens::add);
  }

  private void readModel(JsonParser parser) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean isVocabulary = parser.currentName().equals("vocab");
      JsonToken value = parser.nextToken();
      if (isVocabulary && value == JsonToken.START_OBJECT) {
        readIdsByToken(parser);
      } else if (isVocabulary && value == JsonToken.START_ARRAY) {
        readScoredTokens(parser);
      } else {
        parser.skipChildren();
      }
    }
  }

  /// BPE, WordPiece, WordLevel: `{"token": id, ...}`.
  private void readIdsByToken(JsonParser parser) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String token = parser.currentName();
      parser.nextToken();
      put(parser.getIntValue(), token);
    }
  }

  /// Unigram: `[["token", score], ...]`, the index is the id.
  private void readScoredTokens(JsonParser parser) {
    for (int id = 0; parser.nextToken() == JsonToken.START_ARRAY; id++) {
      parser.nextToken();
      put(id, parser.getString());
      parser.nextToken();
      parser.nextToken();
    }
  }

  private Vocabulary vocabulary() {
    Set<String> specials = new HashSet<>();
    for (JsonNode added : addedTokens) {
      String token = added.path("content").asString("");
      put(added.path("id").asInt(-1), token);
      if (added.path("special").asBoolean(false)) {
        specials.add(token);
      }
    }
    BitSet special = new BitSet();
    for (int id = 0; id < tokens.size(); id++) {
      special.set(id, specials.contains(tokens.get(id)));
    }
    return new Vocabulary(tokens, special, decoder);
  }

  private void put(int id, String token) {
    if (id < 0 || id >= MAX_TOKENS) {
      throw new IllegalArgumentException(
          "token ids must be in [0, %d), got %d for \"%s\"".formatted(MAX_TOKENS, id, token));
    }
    while (tokens.size() <= id) {
      tokens.add(null);
    }
    tokens.set(id, token);
  }
}

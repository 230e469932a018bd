package io.fiddler.bench.profile;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One prompt's JSON; what is wrong with it is told in an IllegalArgumentException.
final class PromptJson {
  private PromptJson() {}

  static Prompt prompt(String place, JsonNode node) {
    if (node.isString()) {
      return new Prompt(place, node.asString(), null, OptionalInt.empty(), null);
    }
    require(node.isObject(), "a prompt must be a text or an object, got " + node);
    JsonNode text = node.path("prompt");
    JsonNode tokens = node.path("prompt_tokens");
    require(
        text.isMissingNode() != tokens.isMissingNode(),
        "exactly one of prompt and prompt_tokens must be given");
    require(text.isMissingNode() || text.isString(), "prompt must be a text, got " + text);
    return new Prompt(
        place,
        text.isMissingNode() ? null : text.asString(),
        tokens.isMissingNode() ? null : tokens(tokens),
        maxTokens(node.path("max_tokens")),
        tenant(node.path("tenant")));
  }

  private static int[] tokens(JsonNode tokens) {
    require(
        tokens.isArray() && !tokens.isEmpty(),
        "prompt_tokens must be an array of at least one token id, got " + tokens);
    int[] ids = new int[tokens.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = tokens.get(i);
      require(
          id.isInt() && id.asInt() >= 0,
          "prompt_tokens[%d] must be a token id, got %s".formatted(i, id));
      ids[i] = id.asInt();
    }
    return ids;
  }

  private static OptionalInt maxTokens(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return OptionalInt.empty();
    }
    require(
        node.isInt() && node.asInt() >= 0,
        "max_tokens must be a whole number of at least 0, got " + node);
    return OptionalInt.of(node.asInt());
  }

  private static @Nullable String tenant(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    require(node.isString() && !node.asString().isBlank(), "tenant must be a text, got " + node);
    return node.asString();
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }
}

package io.fiddler.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Values that a schema of an OpenAPI document allows, its borders more often than chance has them.
final class SchemaValues {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int DEEPEST = 8;

  /// What would only make requests long: fuzzing is of the borders, not of the work within.
  private static final Map<String, Integer> CAPS =
      Map.of("max_tokens", 6, "max_completion_tokens", 6, "n", 3, "best_of", 3);

  private static final List<String> WORDS =
      List.of("ROMEO: I", "a", " ", "\n", "é", "🎻", "</s>", "tiny-moe", "\u0000", "{\"a\":1}");

  private final JsonNode document;
  private final SplittableRandom random;

  SchemaValues(JsonNode document, SplittableRandom random) {
    this.document = document;
    this.random = random;
  }

  /// A value for a schema.
  JsonNode of(JsonNode schema) {
    return of("", schema, 0);
  }

  private JsonNode of(String name, JsonNode given, int depth) {
    JsonNode schema = resolved(given);
    for (String choice : List.of("anyOf", "oneOf")) {
      if (schema.has(choice)) {
        return of(name, oneOf(schema.get(choice)), depth);
      }
    }
    if (schema.has("const")) {
      return schema.get("const");
    }
    if (schema.has("enum")) {
      return oneOf(schema.get("enum"));
    }
    JsonNode types = schema.path("type");
    String type = types.isArray() ? oneOf(types).asString() : types.asString("object");
    return switch (type) {
      case "string" -> string(name, schema);
      case "integer" -> integer(name, schema);
      case "number" -> number(schema);
      case "boolean" -> NODES.booleanNode(random.nextBoolean());
      case "null" -> NODES.nullNode();
      case "array" -> array(name, schema, depth);
      default -> object(schema, depth);
    };
  }

  private JsonNode object(JsonNode schema, int depth) {
    ObjectNode object = NODES.objectNode();
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(each -> required.add(each.asString()));
    // Few of many: requests in which everything is set are refused for the first thing wrong.
    int share = random.nextInt(1, 6);
    schema
        .path("properties")
        .forEachEntry((name, property) -> {
          if (required.contains(name) || (depth < DEEPEST && random.nextInt(6) < share - 1)) {
            object.set(name, of(name, property, depth + 1));
          }
        });
    if (schema.path("additionalProperties").isObject()) {
      for (int i = random.nextInt(3); i > 0; i--) {
        object.set(
            Integer.toString(random.nextInt(4096)),
            of("", schema.get("additionalProperties"), depth + 1));
      }
    }
    return object;
  }

  private JsonNode array(String name, JsonNode schema, int depth) {
    ArrayNode array = NODES.arrayNode();
    int least = schema.path("minItems").asInt(0);
    int most = Math.min(least + 3, schema.path("maxItems").asInt(least + 3));
    JsonNode items = schema.path("items");
    for (int i = random.nextInt(least, most + 1); i > 0 && depth < DEEPEST; i--) {
      array.add(of(name, items, depth + 1));
    }
    return array;
  }

  private JsonNode string(String name, JsonNode schema) {
    // Another model is refused before anything else of the request is looked at.
    if (name.equals("model") && random.nextInt(10) > 0) {
      return NODES.stringNode("tiny-moe");
    }
    int least = schema.path("minLength").asInt(0);
    int most = schema.path("maxLength").asInt(2_000);
    String word = WORDS.get(random.nextInt(WORDS.size()));
    return NODES.stringNode(
        switch (random.nextInt(8)) {
          case 0 -> "x".repeat(least);
          case 1 -> "x".repeat(most);
          default -> word.length() > most ? word.substring(0, most) : word;
        });
  }

  private JsonNode integer(String name, JsonNode schema) {
    long least = schema.path("minimum").asLong(Integer.MIN_VALUE);
    long most = schema.path("maximum").asLong(Integer.MAX_VALUE);
    if (CAPS.containsKey(name)) {
      most = CAPS.get(name);
    }
    return NODES.numberNode(
        switch (random.nextInt(4)) {
          case 0 -> least;
          case 1 -> most;
          default -> random.nextLong(least, Math.max(least + 1, Math.min(most, least + 4_096)));
        });
  }

  private JsonNode number(JsonNode schema) {
    double least = schema.path("minimum").asDouble(schema.path("exclusiveMinimum").asDouble(-10));
    double most = schema.path("maximum").asDouble(schema.path("exclusiveMaximum").asDouble(10));
    return NODES.numberNode(
        switch (random.nextInt(4)) {
          case 0 -> least;
          case 1 -> most;
          default -> least + random.nextDouble() * (most - least);
        });
  }

  private JsonNode oneOf(JsonNode array) {
    return array.get(random.nextInt(array.size()));
  }

  private JsonNode resolved(JsonNode schema) {
    JsonNode target = schema;
    while (target.has("$ref")) {
      target = document.at(target.get("$ref").asString().substring(1));
    }
    return target;
  }
}

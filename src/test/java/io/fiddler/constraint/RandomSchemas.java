package io.fiddler.constraint;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Schemas of all that is supported, from a seed.
public final class RandomSchemas {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> NAMES =
      List.of("a", "ab", "name", "näme", "\"q\"", "line\nbreak", "日本", "x/y~z", "😀", "");
  private static final List<String> PATTERNS =
      List.of(
          "^[a-z]+$",
          "^\\d{3}-\\d{2,4}$",
          "^(foo|bar|föö)*$",
          "^[^\\x00-\\x1f\"]{2,5}$",
          "^\\S+@\\S+$",
          "^S_",
          "d$",
          "[A-F]{2}",
          "^(?:[€-₿]|😀)+?$",
          "^\"\\\\\\n\\/$");
  // Not email: the validator holds every top-level domain that it does not know to be wrong.
  private static final List<String> FORMATS =
      List.of("date", "time", "date-time", "uuid", "ipv4", "ipv6", "hostname", "duration", "uri");

  private final SplittableRandom random;

  public RandomSchemas(SplittableRandom random) {
    this.random = random;
  }

  /// A schema with definitions that may refer to themselves.
  public JsonNode next() {
    ObjectNode root = schema(3);
    ObjectNode definitions = root.putObject("$defs");
    definitions.set("leaf", schema(0));
    ObjectNode list = definitions.putObject("list").put("type", "object");
    list.putObject("properties").set("value", schema(1));
    ((ObjectNode) list.get("properties")).putObject("next").put("$ref", "#/$defs/list");
    if (random.nextBoolean()) {
      list.putArray("required").add("value");
    }
    return root;
  }

  private ObjectNode schema(int depth) {
    int kind = random.nextInt(depth > 0 ? 14 : 8);
    return switch (kind) {
      case 0 -> JSON.objectNode().put("type", random.nextBoolean() ? "boolean" : "null");
      case 1 -> enumeration();
      case 2, 3 -> string();
      case 4, 5 -> number();
      case 6 -> types();
      case 7 -> depth > 0 ? reference() : JSON.objectNode().put("const", random.nextInt(100));
      case 8 -> choice(depth);
      case 9 -> both(depth);
      case 10, 11 -> array(depth);
      default -> object(depth);
    };
  }

  private ObjectNode reference() {
    return JSON.objectNode().put("$ref", random.nextBoolean() ? "#/$defs/leaf" : "#/$defs/list");
  }

  private ObjectNode types() {
    ObjectNode schema = JSON.objectNode();
    schema.putArray("type").add("integer").add("null").add("boolean");
    return schema;
  }

  private ObjectNode enumeration() {
    ObjectNode schema = JSON.objectNode();
    ArrayNode values = schema.putArray("enum");
    values.add(NAMES.get(random.nextInt(NAMES.size())));
    values.add("other " + random.nextInt(10));
    values.add(random.nextInt());
    values.add(1.25);
    values.addNull();
    values.addObject().put("k", true);
    return schema;
  }

  private ObjectNode string() {
    ObjectNode schema = JSON.objectNode().put("type", "string");
    switch (random.nextInt(4)) {
      case 0 -> schema.put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())));
      case 1 -> schema.put("format", FORMATS.get(random.nextInt(FORMATS.size())));
      case 2 -> {
        int min = random.nextInt(30);
        schema.put("minLength", min).put("maxLength", min + random.nextInt(30));
      }
      default -> schema.put("maxLength", random.nextInt(200));
    }
    return schema;
  }

  private ObjectNode number() {
    boolean integer = random.nextBoolean();
    ObjectNode schema = JSON.objectNode().put("type", integer ? "integer" : "number");
    long low = random.nextLong(-1_000_000, 1_000_000) / (1L << random.nextInt(20));
    switch (random.nextInt(5)) {
      case 0 -> schema.put("minimum", low);
      case 1 -> schema.put("maximum", low);
      case 2 -> schema.put("minimum", low).put("maximum", low + random.nextInt(100));
      case 3 ->
          schema.put("exclusiveMinimum", low).put("exclusiveMaximum", low + 2 + random.nextInt(9));
      default -> {}
    }
    return schema;
  }

  private ObjectNode choice(int depth) {
    ObjectNode schema = JSON.objectNode().put("description", "one of several");
    ArrayNode ways = schema.putArray("anyOf");
    IntStream.range(0, 1 + random.nextInt(3)).forEach(_ -> ways.add(schema(depth - 1)));
    return schema;
  }

  private ObjectNode both(int depth) {
    ObjectNode schema = JSON.objectNode();
    ObjectNode first = JSON.objectNode().put("type", "object");
    first.putObject("properties").set("first", schema(depth - 1));
    ObjectNode second = JSON.objectNode();
    second.putObject("properties").set("second", schema(depth - 1));
    second.putArray("required").add("second");
    schema.putArray("allOf").add(first).add(second);
    return schema;
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = JSON.objectNode().put("type", "array");
    int min = random.nextInt(3);
    if (random.nextBoolean()) {
      schema.set("items", schema(depth - 1));
    }
    if (random.nextBoolean()) {
      schema.put("minItems", min).put("maxItems", min + random.nextInt(4));
    }
    if (schema.has("items") && random.nextInt(3) == 0) {
      schema.putArray("prefixItems").add(schema(depth - 1)).add(schema(0));
    }
    return schema;
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    for (String name : NAMES) {
      if (random.nextInt(3) == 0) {
        properties.set(name, schema(depth - 1));
        if (random.nextBoolean()) {
          required.add(name);
        }
      }
    }
    switch (random.nextInt(3)) {
      case 0 -> schema.put("additionalProperties", false);
      case 1 -> schema.set("additionalProperties", schema(0));
      default -> {}
    }
    return schema;
  }
}

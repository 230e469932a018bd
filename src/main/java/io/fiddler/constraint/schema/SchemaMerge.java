package io.fiddler.constraint.schema;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Two schemas that must both hold as one, in the cases where that is simple.
final class SchemaMerge {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<String> LARGER =
      Set.of("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties");
  private static final Set<String> SMALLER =
      Set.of("maximum", "exclusiveMaximum", "maxLength", "maxItems");

  private final Place place;

  private SchemaMerge(Place place) {
    this.place = place;
  }

  /// What satisfies both.
  ///
  /// @param place named in failures
  static JsonNode of(Place place, JsonNode a, JsonNode b) {
    // Of what is no assertion the first is kept: what is not supported must be in neither.
    Keywords.check(place.with(a));
    Keywords.check(place.with(b));
    if (a.isBoolean() || b.isBoolean()) {
      boolean both = (!a.isBoolean() || a.booleanValue()) && (!b.isBoolean() || b.booleanValue());
      return both ? a.isBoolean() ? b : a : JSON.booleanNode(false);
    }
    return new SchemaMerge(place).merge((ObjectNode) a, (ObjectNode) b);
  }

  private ObjectNode merge(ObjectNode a, ObjectNode b) {
    ObjectNode merged = a.deepCopy();
    for (Map.Entry<String, JsonNode> entry : b.properties()) {
      String keyword = entry.getKey();
      JsonNode mine = a.get(keyword);
      if (mine == null) {
        merged.set(keyword, entry.getValue());
      } else if (Keywords.ASSERTIONS.contains(keyword) && !mine.equals(entry.getValue())) {
        merged.set(keyword, both(keyword, mine, entry.getValue()));
      }
    }
    if (a.has("properties") || b.has("properties")) {
      merged.set("properties", properties(a, b));
    }
    if ((a.has("const") && b.has("enum")) || (a.has("enum") && b.has("const"))) {
      throw place.wrongHere("enum and const of several schemas must not meet", "both");
    }
    return merged;
  }

  private JsonNode both(String keyword, JsonNode a, JsonNode b) {
    if (LARGER.contains(keyword) && a.isNumber() && b.isNumber()) {
      return a.asDouble(0) > b.asDouble(0) ? a : b;
    }
    if (SMALLER.contains(keyword) && a.isNumber() && b.isNumber()) {
      return a.asDouble(0) < b.asDouble(0) ? a : b;
    }
    return switch (keyword) {
      // Done as a whole.
      case "properties" -> a;
      case "items", "additionalProperties" -> all(a, b);
      case "required" -> union(a, b);
      case "type" -> types(a, b);
      case "enum" -> common(keyword, a, b);
      default ->
          throw place.wrongHere(
              "schemas that must hold together must not both have " + keyword,
              Place.shown(a) + " and " + Place.shown(b));
    };
  }

  private static JsonNode all(JsonNode a, JsonNode b) {
    ObjectNode all = JSON.objectNode();
    all.set("allOf", JSON.arrayNode().add(a).add(b));
    return all;
  }

  private static ArrayNode union(JsonNode a, JsonNode b) {
    Set<JsonNode> values = new LinkedHashSet<>();
    a.forEach(values::add);
    b.forEach(values::add);
    return JSON.arrayNode().addAll(values);
  }

  private JsonNode types(JsonNode a, JsonNode b) {
    Set<JsonNode> mine = listed(a);
    Set<JsonNode> others = listed(b);
    ArrayNode both = JSON.arrayNode();
    for (JsonNode type : mine) {
      boolean narrower = isNamed(type, "integer") && contains(others, "number");
      if (others.contains(type) || narrower) {
        both.add(type);
      } else if (isNamed(type, "number") && contains(others, "integer")) {
        both.add("integer");
      }
    }
    if (both.isEmpty()) {
      throw place.wrongHere(
          "types that must hold together must have one in common",
          Place.shown(a) + " and " + Place.shown(b));
    }
    return both;
  }

  private static Set<JsonNode> listed(JsonNode type) {
    Set<JsonNode> types = new LinkedHashSet<>();
    if (type.isArray()) {
      type.forEach(types::add);
    } else {
      types.add(type);
    }
    return types;
  }

  private static boolean contains(Set<JsonNode> types, String name) {
    return types.stream().anyMatch(type -> isNamed(type, name));
  }

  private static boolean isNamed(JsonNode type, String name) {
    return type.isString() && type.stringValue().equals(name);
  }

  private JsonNode common(String keyword, JsonNode a, JsonNode b) {
    ArrayNode common = JSON.arrayNode();
    Set<JsonNode> others = listed(b);
    listed(a).stream().filter(others::contains).forEach(common::add);
    if (common.isEmpty()) {
      throw place.wrongHere(
          "%s of schemas that must hold together must have a value in common".formatted(keyword),
          Place.shown(a) + " and " + Place.shown(b));
    }
    return common;
  }

  /// Each property as both schemas want it: one that does not name it may still speak of it as an
  /// additional one.
  private static ObjectNode properties(ObjectNode a, ObjectNode b) {
    Set<String> names = new LinkedHashSet<>();
    a.path("properties").propertyNames().forEach(names::add);
    b.path("properties").propertyNames().forEach(names::add);
    ObjectNode merged = JSON.objectNode();
    for (String name : names) {
      JsonNode mine = property(a, name);
      JsonNode other = property(b, name);
      merged.set(name, mine.equals(other) ? mine : all(mine, other));
    }
    return merged;
  }

  private static JsonNode property(ObjectNode schema, String name) {
    JsonNode own = schema.path("properties").get(name);
    JsonNode additional = schema.get("additionalProperties");
    return own != null ? own : additional != null ? additional : JSON.booleanNode(true);
  }
}

package io.fiddler.constraint.schema;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The keywords of JSON Schema: those that are kept, those that only describe, and those that would
/// be broken if they were ignored.
final class Keywords {
  static final Set<String> OF_OBJECTS =
      Set.of("properties", "required", "additionalProperties", "minProperties");
  static final Set<String> OF_ARRAYS = Set.of("items", "prefixItems", "minItems", "maxItems");
  static final Set<String> OF_STRINGS = Set.of("minLength", "maxLength", "pattern", "format");
  static final Set<String> OF_NUMBERS =
      Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");

  /// What a schema may say that is no description.
  static final Set<String> ASSERTIONS =
      Stream.of(
              OF_OBJECTS,
              OF_ARRAYS,
              OF_STRINGS,
              OF_NUMBERS,
              Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref"))
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  /// Keywords that are not supported, and the value that asks for nothing.
  private static final Map<String, String> UNSUPPORTED =
      Map.ofEntries(
          Map.entry("not", ""),
          Map.entry("if", ""),
          Map.entry("then", ""),
          Map.entry("else", ""),
          Map.entry("multipleOf", ""),
          Map.entry("uniqueItems", "false"),
          Map.entry("contains", ""),
          Map.entry("minContains", ""),
          Map.entry("maxContains", ""),
          Map.entry("additionalItems", "true"),
          Map.entry("unevaluatedItems", "true"),
          Map.entry("unevaluatedProperties", "true"),
          Map.entry("patternProperties", "{}"),
          Map.entry("propertyNames", "{}"),
          Map.entry("maxProperties", ""),
          Map.entry("dependencies", "{}"),
          Map.entry("dependentRequired", "{}"),
          Map.entry("dependentSchemas", "{}"),
          Map.entry("$dynamicRef", ""),
          Map.entry("$recursiveRef", ""));

  private Keywords() {}

  /// Refuses keywords that are not supported.
  static void check(Place place) {
    for (Map.Entry<String, JsonNode> entry : place.schema().properties()) {
      String nothing = UNSUPPORTED.get(entry.getKey());
      if (nothing != null && !entry.getValue().toString().equals(nothing)) {
        throw place.wrong(entry.getKey(), "is not supported");
      }
    }
  }

  /// Whether a schema says anything but descriptions.
  static boolean asserts(JsonNode schema) {
    return schema.propertyNames().stream()
        .anyMatch(name -> ASSERTIONS.contains(name) || UNSUPPORTED.containsKey(name));
  }
}

package io.fiddler.engine.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The fields of one object of a file; a field that is not as it must be is named with its place.
///
/// @param file which file
/// @param place of the object, such as `experts[3].`; empty for the outermost
/// @param object the JSON
record Fields(Path file, String place, JsonNode object) {
  /// A failure at a field.
  InvalidFileException wrong(String field, String rule, Object got) {
    return new InvalidFileException(
        "%s%s must be %s, got %s (%s)".formatted(place, field, rule, got, file));
  }

  String text(String field) {
    JsonNode node = object.path(field);
    if (!node.isString() || node.asString().isBlank()) {
      throw wrong(field, "a text", got(node));
    }
    return node.asString();
  }

  int integer(String field) {
    JsonNode node = object.path(field);
    if (!node.isInt()) {
      throw wrong(field, "a whole number", got(node));
    }
    return node.asInt();
  }

  /// A number of at least 0 and at most `most`.
  double number(String field, double most) {
    return number(field, object.path(field), most);
  }

  /// The same where the field may be missing.
  double number(String field, double most, double absent) {
    return has(field) ? number(field, most) : absent;
  }

  boolean has(String field) {
    return !object.path(field).isMissingNode() && !object.path(field).isNull();
  }

  private double number(String field, JsonNode node, double most) {
    if (!node.isNumber() || !(node.asDouble() >= 0 && node.asDouble() <= most)) {
      throw wrong(
          field,
          most == Double.MAX_VALUE
              ? "a number of at least 0"
              : "a number in [0, %.0f]".formatted(most),
          got(node));
    }
    return node.asDouble();
  }

  /// Numbers of at least 0.
  double[] numbers(String field) {
    JsonNode node = array(field);
    double[] numbers = new double[node.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number("%s[%d]".formatted(field, i), node.get(i), Double.MAX_VALUE);
    }
    return numbers;
  }

  /// Objects.
  List<Fields> objects(String field) {
    JsonNode node = array(field);
    List<Fields> objects = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      String name = "%s[%d]".formatted(field, i);
      if (!node.get(i).isObject()) {
        throw wrong(name, "an object", got(node.get(i)));
      }
      objects.add(new Fields(file, place + name + ".", node.get(i)));
    }
    return objects;
  }

  /// An object whose values are texts; empty if it is missing.
  Map<String, String> texts(String field) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (has(field)) {
      JsonNode node = object.path(field);
      if (!node.isObject()) {
        throw wrong(field, "an object", got(node));
      }
      node.properties()
          .forEach(entry ->
              texts.put(
                  entry.getKey(),
                  entry.getValue().isString()
                      ? entry.getValue().asString()
                      : entry.getValue().toString()));
    }
    return texts;
  }

  private JsonNode array(String field) {
    JsonNode node = object.path(field);
    if (!node.isArray()) {
      throw wrong(field, "an array", got(node));
    }
    return node;
  }

  private static String got(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.isContainer() ? kind(node) : node.toString();
  }

  private static String kind(JsonNode node) {
    return node.isArray() ? "an array" : "an object";
  }
}

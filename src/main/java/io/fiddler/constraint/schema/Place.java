package io.fiddler.constraint.schema;

import io.fiddler.constraint.InvalidSchemaException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A schema and where it stands in the whole.
///
/// @param schema a JSON value that should be a schema
/// @param pointer `#/properties/age`
/// @param depth schemas around it
/// @param merges how often it was replaced by what it amounts to
record Place(JsonNode schema, String pointer, int depth, int merges) {
  private static final int SHOWN_CHARACTERS = 60;

  /// The value of a keyword; null if it is absent.
  @Nullable JsonNode get(String keyword) {
    return schema.get(keyword);
  }

  boolean has(String keyword) {
    return schema.has(keyword);
  }

  /// A schema below a keyword.
  ///
  /// @param path the keyword, and further names or numbers below it
  Place below(JsonNode child, String... path) {
    return new Place(child, pointer(path), depth + 1, merges);
  }

  /// The same place with what its schema amounts to.
  Place with(JsonNode other) {
    return new Place(other, pointer, depth, merges + 1);
  }

  /// The same without some keywords.
  Place without(String... keywords) {
    ObjectNode rest = (ObjectNode) schema.deepCopy();
    for (String keyword : keywords) {
      rest.remove(keyword);
    }
    return new Place(rest, pointer, depth, merges);
  }

  /// A keyword's number of at least 0; the largest int stands for all that are larger.
  int count(String keyword, int absent) {
    JsonNode value = schema.get(keyword);
    if (value == null) {
      return absent;
    }
    BigDecimal number = Numbers.moderate(value);
    if (number == null || number.signum() < 0 || !Numbers.isInteger(value)) {
      throw wrong(keyword, "must be an integer in [0, 1e18]");
    }
    return number.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
  }

  /// A keyword's array, not empty.
  JsonNode array(String keyword) {
    JsonNode value = schema.get(keyword);
    if (value == null || !value.isArray() || value.isEmpty()) {
      throw wrong(keyword, "must be an array that is not empty");
    }
    return value;
  }

  /// The failure of a keyword.
  ///
  /// @param rule that its value breaks: `must be an integer of at least 0`
  InvalidSchemaException wrong(String keyword, String rule) {
    return wrong(keyword, rule, shown(schema.get(keyword)));
  }

  /// The failure of a keyword for which something else stands.
  InvalidSchemaException wrong(String keyword, String rule, String got) {
    return new InvalidSchemaException(pointer(keyword), keyword + " " + rule, got);
  }

  /// The failure of the schema itself.
  InvalidSchemaException wrongHere(String rule, String got) {
    return new InvalidSchemaException(pointer, rule, got);
  }

  private String pointer(String... path) {
    StringBuilder longer = new StringBuilder(pointer);
    for (String step : path) {
      longer.append('/').append(step.replace("~", "~0").replace("/", "~1"));
    }
    return longer.toString();
  }

  /// A value as it stands in messages: its JSON, cut if it is long.
  static String shown(@Nullable JsonNode value) {
    if (value == null) {
      return "nothing";
    }
    String json = value.toString();
    return json.length() <= SHOWN_CHARACTERS
        ? json
        : json.substring(0, json.offsetByCodePoints(0, json.codePointCount(0, SHOWN_CHARACTERS)))
            + "...";
  }
}

package io.fiddler.constraint.schema;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The types of JSON Schema.
enum JsonType {
  OBJECT(Keywords.OF_OBJECTS),
  ARRAY(Keywords.OF_ARRAYS),
  STRING(Keywords.OF_STRINGS),
  NUMBER(Keywords.OF_NUMBERS),
  INTEGER(Set.of()),
  BOOLEAN(Set.of()),
  NULL(Set.of());

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> keywords;

  JsonType(Set<String> keywords) {
    this.keywords = keywords;
  }

  /// The types that a schema allows: those it names, else those that its other keywords speak of,
  /// else all.
  static Set<JsonType> of(Place place) {
    JsonNode type = place.get("type");
    Set<JsonType> types = EnumSet.noneOf(JsonType.class);
    if (type == null) {
      for (JsonType candidate : values()) {
        if (candidate.keywords.stream().anyMatch(place::has)) {
          types.add(candidate);
        }
      }
      return types.isEmpty() ? EnumSet.complementOf(EnumSet.of(INTEGER)) : types;
    }
    if (type.isString()) {
      types.add(named(place, type));
    } else {
      place.array("type").forEach(name -> types.add(named(place, name)));
    }
    if (types.contains(NUMBER)) {
      types.remove(INTEGER);
    }
    return types;
  }

  private static JsonType named(Place place, JsonNode name) {
    for (JsonType type : values()) {
      if (name.isString() && name.stringValue().equals(type.toString())) {
        return type;
      }
    }
    throw place.wrong(
        "type",
        "must be object, array, string, number, integer, boolean or null, or an array of these");
  }

  /// Whether a value is of this type.
  boolean includes(@Nullable JsonNode value) {
    return value != null
        && switch (this) {
          case OBJECT -> value.isObject();
          case ARRAY -> value.isArray();
          case STRING -> value.isString();
          case NUMBER -> value.isNumber();
          case INTEGER -> Numbers.isInteger(value);
          case BOOLEAN -> value.isBoolean();
          case NULL -> value.isNull();
        };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

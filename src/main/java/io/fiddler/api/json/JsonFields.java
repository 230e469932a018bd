package io.fiddler.api.json;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The fields of a JSON object, read one by one with the rule each must keep. A field that is null
/// counts as absent, as in OpenAI's API.
public final class JsonFields {
  private static final int SHOWN_CHARACTERS = 60;

  private final JsonNode object;
  private final String place;

  JsonFields(JsonNode object) {
    this(object, "");
  }

  private JsonFields(JsonNode object, String place) {
    this.object = object;
    this.place = place;
  }

  /// The fields of an object that stands somewhere within a body; failures name them from there.
  ///
  /// @param place where it stands, such as `messages[0]`
  public static JsonFields within(String place, JsonNode value) {
    if (!value.isObject()) {
      throw wrong(place, "an object", value);
    }
    return new JsonFields(value, place + ".");
  }

  /// A field as messages name it.
  public String place(String name) {
    return place + name;
  }

  /// The value of a field; null if it is absent.
  public @Nullable JsonNode value(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /// A string; null if absent.
  public @Nullable String string(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      throw wrong(place(name), "a string", value);
    }
    return value.stringValue();
  }

  /// A boolean.
  public boolean flag(String name, boolean absent) {
    JsonNode value = value(name);
    if (value == null) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw wrong(place(name), "true or false", value);
    }
    return value.booleanValue();
  }

  /// An integer in `[low, high]`; null if absent.
  public @Nullable Long integer(String name, long low, long high) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < low
        || value.longValue() > high) {
      throw wrong(place(name), "an integer in [%d, %d]".formatted(low, high), value);
    }
    return value.longValue();
  }

  /// An integer in `[low, high]`.
  public int integer(String name, int low, int high, int absent) {
    Long value = integer(name, low, high);
    return value == null ? absent : value.intValue();
  }

  /// A number in `range`.
  public double number(String name, NumberRange range, double absent) {
    JsonNode value = value(name);
    return value == null ? absent : number(place(name), place(name), value, range);
  }

  /// A number in `range` that stands somewhere within a field.
  ///
  /// @param name the field
  /// @param place where in it
  public static double number(String name, String place, JsonNode value, NumberRange range) {
    double number = asDouble(value);
    if (!range.contains(number)) {
      throw wrong(name, "%s must be a number in %s, got %s".formatted(place, range, shown(value)));
    }
    return number;
  }

  /// The nearest double; not finite if there is none, as of an integer of 400 digits, NaN if it is
  /// no number at all.
  public static double asDouble(JsonNode value) {
    return value.doubleValue(Double.NaN);
  }

  /// All fields, absent ones too.
  public Set<Map.Entry<String, JsonNode>> entries() {
    return object.properties();
  }

  /// The fields of an object within; null if absent.
  public @Nullable JsonFields object(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    return within(place(name), value);
  }

  /// Token ids that stand somewhere within a field, not yet checked against a vocabulary.
  ///
  /// @param name the field
  /// @param place where in it
  public static int[] tokenIds(String name, String place, JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode item = array.get(i);
      if (!item.isIntegralNumber() || !item.canConvertToInt()) {
        throw wrong(name, "%s[%d] must be a token id, got %s".formatted(place, i, shown(item)));
      }
      ids[i] = item.intValue();
    }
    return ids;
  }

  /// The failure for a value that breaks its rule.
  public static ApiException wrong(String name, String rule, JsonNode got) {
    return wrong(name, "%s must be %s, got %s".formatted(name, rule, shown(got)));
  }

  /// The failure for a field, in a sentence of its own.
  public static ApiException wrong(String name, String message) {
    return ApiError.invalid(name, "invalid_value", message).asException();
  }

  /// A value as it stands in messages: its JSON, cut if it is long.
  public static String shown(JsonNode value) {
    if (value.isContainer()) {
      String kind = value.isArray() ? "an array" : "an object";
      return value.isEmpty() ? "an empty " + kind.substring(3) : kind;
    }
    String json = value.toString();
    if (json.length() <= SHOWN_CHARACTERS) {
      return json;
    }
    int end =
        Character.isHighSurrogate(json.charAt(SHOWN_CHARACTERS - 1))
            ? SHOWN_CHARACTERS - 1
            : SHOWN_CHARACTERS;
    return json.substring(0, end) + "...";
  }
}

package io.fiddler.api.generation.request;

import io.fiddler.api.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads `stop`.
public final class StopReader {
  private static final String FIELD = "stop";

  /// With the number of them it bounds the work of the stop matcher.
  private static final int MAX_STOP_LENGTH = 256;

  private StopReader() {}

  /// The stop strings, none of them empty.
  ///
  /// @param maxStops most of them
  /// @throws io.fiddler.api.error.ApiException naming rule and value
  public static List<String> read(JsonFields fields, int maxStops) {
    JsonNode value = fields.value(FIELD);
    if (value == null) {
      return List.of();
    }
    if (value.isString()) {
      return List.of(stop(FIELD, value));
    }
    if (!value.isArray() || value.size() > maxStops) {
      throw JsonFields.wrong(
          FIELD,
          "stop must be a string or an array of at most %d strings, got %s"
              .formatted(
                  maxStops, value.isArray() ? value.size() + " items" : JsonFields.shown(value)));
    }
    List<String> stops = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      stops.add(stop("stop[" + i + "]", value.get(i)));
    }
    return stops;
  }

  private static String stop(String place, JsonNode value) {
    if (!value.isString()
        || value.stringValue().isEmpty()
        || value.stringValue().length() > MAX_STOP_LENGTH) {
      throw JsonFields.wrong(
          FIELD,
          "%s must be a string of 1 to %d characters, got %s"
              .formatted(place, MAX_STOP_LENGTH, JsonFields.shown(value)));
    }
    return value.stringValue();
  }
}

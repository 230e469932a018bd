package io.fiddler.api.generation.request;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.api.json.JsonFields;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Fields that other servers know and that would change the answer: ignoring them would give the
/// client something else than it asked for.
public final class UnsupportedFields {
  private UnsupportedFields() {}

  /// Refuses the first such field that asks for something; null, false, 0 and empty ask for
  /// nothing.
  public static void refuse(JsonFields fields, List<String> names) {
    for (String name : names) {
      JsonNode value = fields.value(name);
      if (value != null && !asksForNothing(value)) {
        throw refused(fields.place(name), value);
      }
    }
  }

  /// The failure for a field that is known and cannot be honoured.
  public static ApiException refused(String place, JsonNode value) {
    return ApiError.invalid(
            place,
            "unsupported_field",
            "%s is not supported, got %s".formatted(place, JsonFields.shown(value)))
        .asException();
  }

  private static boolean asksForNothing(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> !value.booleanValue();
      case NUMBER -> JsonFields.asDouble(value) == 0;
      case STRING -> value.stringValue().isEmpty();
      case ARRAY, OBJECT -> value.isEmpty();
      default -> false;
    };
  }
}

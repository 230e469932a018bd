package io.fiddler.api.completion;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.api.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads `prompt` in its four forms.
final class PromptReader {
  private static final String FIELD = "prompt";
  private static final String FORMS =
      "a string, an array of strings, an array of token ids or an array of arrays of token ids";

  private PromptReader() {}

  /// The prompts, at least one, none of them empty.
  static List<Prompt> read(JsonFields fields) {
    JsonNode value = fields.value(FIELD);
    if (value == null) {
      throw ApiError.invalid(FIELD, "missing_field", "prompt is required: " + FORMS).asException();
    }
    if (value.isString()) {
      return List.of(text(FIELD, value));
    }
    if (!value.isArray()) {
      throw JsonFields.wrong(FIELD, FORMS, value);
    }
    if (value.isEmpty()) {
      throw empty(FIELD);
    }
    return value.get(0).isNumber() ? List.of(tokens(FIELD, value)) : several(value);
  }

  private static List<Prompt> several(JsonNode array) {
    boolean texts = array.get(0).isString();
    if (!texts && !array.get(0).isArray()) {
      throw JsonFields.wrong(
          FIELD,
          "%s must be %s, got %s at prompt[0]"
              .formatted(FIELD, FORMS, JsonFields.shown(array.get(0))));
    }
    List<Prompt> prompts = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      String place = FIELD + "[" + i + "]";
      JsonNode item = array.get(i);
      if (texts ? !item.isString() : !item.isArray()) {
        throw JsonFields.wrong(
            FIELD,
            "%s must be %s like prompt[0], got %s"
                .formatted(
                    place, texts ? "a string" : "an array of token ids", JsonFields.shown(item)));
      }
      prompts.add(texts ? text(place, item) : tokens(place, item));
    }
    return prompts;
  }

  private static Prompt text(String place, JsonNode value) {
    if (value.stringValue().isEmpty()) {
      throw empty(place);
    }
    return new Prompt.Text(value.stringValue());
  }

  private static Prompt tokens(String place, JsonNode array) {
    if (array.isEmpty()) {
      throw empty(place);
    }
    return new Prompt.Tokens(JsonFields.tokenIds(FIELD, place, array));
  }

  private static ApiException empty(String place) {
    return JsonFields.wrong(FIELD, place + " must not be empty");
  }
}

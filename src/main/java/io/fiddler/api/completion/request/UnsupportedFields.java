package io.fiddler.api.completion.request;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.json.JsonFields;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Fields that other servers know and that would change the answer: ignoring them would give the
/// client something else than it asked for.
final class UnsupportedFields {
  private static final List<String> FIELDS =
      List.of(
          "suffix",
          "use_beam_search",
          "length_penalty",
          "min_tokens",
          "stop_token_ids",
          "include_stop_str_in_output",
          "allowed_token_ids",
          "bad_words",
          "truncate_prompt_tokens",
          "prompt_logprobs",
          "prompt_embeds",
          "logits_processors",
          "response_format",
          "structured_outputs",
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar");

  private UnsupportedFields() {}

  /// Refuses the first such field that asks for something; null, false, 0 and empty ask for
  /// nothing.
  static void refuse(JsonFields fields) {
    for (String name : FIELDS) {
      JsonNode value = fields.value(name);
      if (value != null && !asksForNothing(value)) {
        throw ApiError.invalid(
                name,
                "unsupported_field",
                "%s is not supported, got %s".formatted(name, JsonFields.shown(value)))
            .asException();
      }
    }
  }

  private static boolean asksForNothing(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> !value.booleanValue();
      case NUMBER -> value.doubleValue() == 0;
      case STRING -> value.stringValue().isEmpty();
      case ARRAY, OBJECT -> value.isEmpty();
      default -> false;
    };
  }
}

package io.fiddler.api.chat;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.request.UnsupportedFields;
import io.fiddler.api.json.JsonFields;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Fields of a chat that would change the answer and cannot be honoured.
final class UnsupportedChatFields {
  private static final List<String> FIELDS =
      List.of(
          "audio",
          "prediction",
          "web_search_options",
          "functions",
          "function_call",
          "reasoning_effort",
          "verbosity",
          "store",
          "use_beam_search",
          "length_penalty",
          "early_stopping",
          "min_tokens",
          "stop_token_ids",
          "include_stop_str_in_output",
          "allowed_token_ids",
          "bad_words",
          "truncate_prompt_tokens",
          "prompt_logprobs",
          "logits_processors",
          "structured_outputs",
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar",
          "echo",
          "documents",
          "chat_template",
          "continue_final_message",
          "add_special_tokens",
          "mm_processor_kwargs");

  private UnsupportedChatFields() {}

  /// Refuses the first of them that asks for something.
  static void refuse(JsonFields fields) {
    UnsupportedFields.refuse(fields, FIELDS);
    refuseOtherThan(fields, "modalities", List.of("text"));
    refuseOtherThan(fields, "service_tier", List.of("auto", "default"));
    JsonNode bestOf = fields.value("best_of");
    if (bestOf != null && fields.integer("best_of", 1, 128, 1) != fields.integer("n", 1, 128, 1)) {
      throw UnsupportedFields.refused("best_of", bestOf);
    }
  }

  private static void refuseOtherThan(JsonFields fields, String name, List<String> taken) {
    JsonNode value = fields.value(name);
    if (value == null) {
      return;
    }
    for (JsonNode item : value.isArray() ? value : List.of(value)) {
      if (!item.isString() || !taken.contains(item.stringValue())) {
        throw ApiError.invalid(
                name,
                "unsupported_value",
                "%s must be %s, got %s"
                    .formatted(name, String.join(" or ", taken), JsonFields.shown(item)))
            .asException();
      }
    }
  }
}

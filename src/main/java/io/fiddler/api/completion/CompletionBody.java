package io.fiddler.api.completion;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fiddler.api.generation.answer.AnswerEnvelope;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A completion, or one chunk of a streamed one.
///
/// @param id `cmpl-` and the id under which the request is logged
/// @param object always `text_completion`
/// @param created seconds since 1970
/// @param model the model's name
/// @param systemFingerprint model and placement version
/// @param choices what there is of each choice
/// @param usage left out if Java's null; JSON's null in the chunks before the one that has it
/// @param fiddler what it took, in the last chunk of a stream; left out elsewhere
record CompletionBody(
    String id,
    String object,
    long created,
    String model,
    @JsonProperty("system_fingerprint") String systemFingerprint,
    List<Choice> choices,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode usage,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode fiddler) {
  static CompletionBody of(AnswerEnvelope envelope, List<Choice> choices) {
    return new CompletionBody(
        "cmpl-" + envelope.id(),
        "text_completion",
        envelope.created(),
        envelope.model(),
        envelope.systemFingerprint(),
        choices,
        envelope.usage(),
        envelope.fiddler());
  }

  /// One choice.
  ///
  /// @param text its text, or the new part of it
  /// @param index its number
  /// @param logprobs null if not asked for
  /// @param finishReason null before the end
  /// @param tokenIds left out if not asked for
  /// @param promptTokenIds left out if not asked for
  record Choice(
      String text,
      int index,
      @Nullable Logprobs logprobs,
      @JsonProperty("finish_reason") @Nullable String finishReason,
      @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("token_ids")
          @Nullable List<Integer> tokenIds,
      @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("prompt_token_ids")
          @Nullable List<Integer> promptTokenIds) {}
}

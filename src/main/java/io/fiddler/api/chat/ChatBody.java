package io.fiddler.api.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fiddler.api.chat.tool.ToolCall;
import io.fiddler.api.generation.answer.AnswerEnvelope;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A chat completion, or one chunk of a streamed one.
///
/// @param id `chatcmpl-` and the id under which the request is logged
/// @param object `chat.completion` or `chat.completion.chunk`
/// @param created seconds since 1970
/// @param model the model's name
/// @param systemFingerprint model and placement version
/// @param choices what there is of each choice
/// @param usage left out if Java's null; JSON's null in the chunks before the one that has it
/// @param fiddler what it took, in the last chunk of a stream; left out elsewhere
record ChatBody(
    String id,
    String object,
    long created,
    String model,
    @JsonProperty("system_fingerprint") String systemFingerprint,
    List<Choice> choices,
    @JsonInclude(Include.NON_NULL) @Nullable JsonNode usage,
    @JsonInclude(Include.NON_NULL) @Nullable JsonNode fiddler) {
  static ChatBody whole(AnswerEnvelope envelope, List<Choice> choices) {
    return of("chat.completion", envelope, choices);
  }

  static ChatBody chunk(AnswerEnvelope envelope, List<Choice> choices) {
    return of("chat.completion.chunk", envelope, choices);
  }

  private static ChatBody of(String object, AnswerEnvelope envelope, List<Choice> choices) {
    return new ChatBody(
        "chatcmpl-" + envelope.id(),
        object,
        envelope.created(),
        envelope.model(),
        envelope.systemFingerprint(),
        choices,
        envelope.usage(),
        envelope.fiddler());
  }

  /// One choice.
  ///
  /// @param index its number
  /// @param message all of it; null in a chunk
  /// @param delta what is new; null outside of chunks
  /// @param logprobs null if not asked for
  /// @param finishReason null before the end
  /// @param tokenIds left out if not asked for
  /// @param promptTokenIds left out if not asked for
  record Choice(
      int index,
      @JsonInclude(Include.NON_NULL) @Nullable Message message,
      @JsonInclude(Include.NON_NULL) @Nullable Delta delta,
      @Nullable ChatLogprobs logprobs,
      @JsonProperty("finish_reason") @Nullable String finishReason,
      @JsonInclude(Include.NON_NULL) @JsonProperty("token_ids") @Nullable List<Integer> tokenIds,
      @JsonInclude(Include.NON_NULL) @JsonProperty("prompt_token_ids")
          @Nullable List<Integer> promptTokenIds) {}

  /// @param role `assistant`
  /// @param content null if there are only calls
  /// @param refusal always null
  /// @param toolCalls left out if there are none
  record Message(
      String role,
      @Nullable String content,
      @Nullable String refusal,
      @JsonInclude(Include.NON_NULL) @JsonProperty("tool_calls") @Nullable List<Call> toolCalls) {}

  /// @param role in the first delta of a choice
  /// @param content new text
  /// @param toolCalls new calls, each complete
  @JsonInclude(Include.NON_NULL)
  record Delta(
      @Nullable String role,
      @Nullable String content,
      @JsonProperty("tool_calls") @Nullable List<Call> toolCalls) {
    static final Delta NOTHING = new Delta(null, null, null);
  }

  /// @param index in chunks only
  record Call(
      @JsonInclude(Include.NON_NULL) @Nullable Integer index,
      String id,
      String type,
      Function function) {
    static Call whole(ToolCall call) {
      return of(null, call);
    }

    static Call delta(ToolCall call) {
      return of(call.index(), call);
    }

    private static Call of(@Nullable Integer index, ToolCall call) {
      return new Call(index, call.id(), "function", new Function(call.name(), call.arguments()));
    }
  }

  /// @param arguments JSON in a string
  record Function(String name, String arguments) {}
}

package io.fiddler.api.completion.request;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.json.JsonFields;
import io.fiddler.model.ModelConfig;
import io.fiddler.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the prompts of a request fit the model: tokenises them, checks ids against the vocabulary
/// and lengths against the context. Takes as long as the prompts are long.
public final class PromptEncoder {
  private final ModelConfig model;
  private final @Nullable Tokenizer tokenizer;

  /// @param tokenizer null if the model has none: prompts must be token ids then
  public PromptEncoder(ModelConfig model, @Nullable Tokenizer tokenizer) {
    this.model = model;
    this.tokenizer = tokenizer;
  }

  /// The prompts in order.
  ///
  /// @throws io.fiddler.api.error.ApiException if one does not fit
  public List<EncodedPrompt> encode(CompletionRequest request) {
    for (int id : request.sampling().logitBias().keySet()) {
      checkId("logit_bias", "logit_bias[\"" + id + "\"]", id);
    }
    List<EncodedPrompt> encoded = new ArrayList<>();
    for (int i = 0; i < request.prompts().size(); i++) {
      String place = request.prompts().size() == 1 ? "prompt" : "prompt[" + i + "]";
      encoded.add(encode(place, request.prompts().get(i), request.maxTokens()));
    }
    return encoded;
  }

  private EncodedPrompt encode(String place, Prompt prompt, @Nullable Integer maxTokens) {
    return switch (prompt) {
      case Prompt.Text(String text) -> {
        int[] ids = tokens(place, text);
        yield new EncodedPrompt(text, ids, room(place, ids.length, maxTokens));
      }
      case Prompt.Tokens(int[] ids) -> {
        for (int i = 0; i < ids.length; i++) {
          checkId("prompt", place + "[" + i + "]", ids[i]);
        }
        yield new EncodedPrompt(null, ids, room(place, ids.length, maxTokens));
      }
    };
  }

  private int[] tokens(String place, String text) {
    if (tokenizer == null) {
      throw ApiError.invalid(
              "prompt",
              "no_tokenizer",
              "%s must be token ids, got text: the model served has no tokenizer".formatted(place))
          .asException();
    }
    int[] ids = tokenizer.encode(text, true);
    if (ids.length == 0) {
      throw JsonFields.wrong("prompt", place + " must not be empty, got text without any token");
    }
    return ids;
  }

  private void checkId(String field, String place, int id) {
    if (id < 0 || id >= model.vocabSize()) {
      throw JsonFields.wrong(
          field,
          "%s must be a token id in [0, %d), got %d".formatted(place, model.vocabSize(), id));
    }
  }

  /// How many tokens may follow a prompt. What the client asked for is granted or refused; only the
  /// default gives way to the context.
  private int room(String place, int promptTokens, @Nullable Integer maxTokens) {
    int room = model.contextLength() - promptTokens;
    if (room < 0 || (room == 0 && (maxTokens == null || maxTokens > 0))) {
      throw tooLong(
          "prompt",
          "%s has %d tokens, and the model's context is %d tokens, those generated included"
              .formatted(place, promptTokens, model.contextLength()));
    }
    if (maxTokens == null) {
      return Math.min(CompletionRequest.DEFAULT_MAX_TOKENS, room);
    }
    if (maxTokens > room) {
      throw tooLong(
          "max_tokens",
          "max_tokens must be at most %d, got %d: %s has %d tokens, and the model's context is %d"
              .formatted(room, maxTokens, place, promptTokens, model.contextLength()));
    }
    return maxTokens;
  }

  private static RuntimeException tooLong(String field, String message) {
    return ApiError.invalid(field, "context_length_exceeded", message).asException();
  }
}

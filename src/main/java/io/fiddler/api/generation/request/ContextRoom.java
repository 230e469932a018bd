package io.fiddler.api.generation.request;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.json.JsonFields;
import io.fiddler.model.ModelConfig;
import org.jspecify.annotations.Nullable;

/// What a model, and whoever asks, leave room for: token ids of its vocabulary, and so many of
/// them.
public final class ContextRoom {
  private final int vocabSize;
  private final int contextLength;
  private final String whose;

  /// @param maxContext the caller's own limit; null for the model's
  public ContextRoom(ModelConfig model, @Nullable Integer maxContext) {
    int own = model.contextLength();
    this.vocabSize = model.vocabSize();
    this.contextLength = maxContext == null ? own : Math.min(own, maxContext);
    this.whose = contextLength < own ? "the context that this key may use" : "the model's context";
  }

  /// Refuses what is no token id of the model.
  ///
  /// @param place where it stands in the field
  public void checkId(String field, String place, int id) {
    if (id < 0 || id >= vocabSize) {
      throw JsonFields.wrong(
          field, "%s must be a token id in [0, %d), got %d".formatted(place, vocabSize, id));
    }
  }

  /// Refuses biases on what is no token id of the model.
  public void checkBiases(Iterable<Integer> ids) {
    for (int id : ids) {
      checkId("logit_bias", "logit_bias[\"" + id + "\"]", id);
    }
  }

  /// How many tokens may follow a prompt. What the client asked for is granted or refused; only the
  /// default gives way to the context.
  ///
  /// @param prompt the field that holds the prompt, and how messages call it
  /// @param limit the field that limits the answer, and what was asked for; null for `absent`
  public int room(
      Named prompt, int promptTokens, String limit, @Nullable Integer maxTokens, int absent) {
    int room = contextLength - promptTokens;
    if (room < 0 || (room == 0 && (maxTokens == null || maxTokens > 0))) {
      throw tooLong(
          prompt.field(),
          "%s has %d tokens, and %s is %d tokens, those generated included"
              .formatted(prompt.place(), promptTokens, whose, contextLength));
    }
    if (maxTokens == null) {
      return Math.min(absent, room);
    }
    if (maxTokens > room) {
      throw tooLong(
          limit,
          "%s must be at most %d, got %d: %s has %d tokens, and %s is %d"
              .formatted(
                  limit, room, maxTokens, prompt.place(), promptTokens, whose, contextLength));
    }
    return maxTokens;
  }

  private static RuntimeException tooLong(String field, String message) {
    return ApiError.invalid(field, "context_length_exceeded", message).asException();
  }

  /// A field, and a place in it.
  ///
  /// @param field its name
  /// @param place `field` itself or something within it
  public record Named(String field, String place) {}
}

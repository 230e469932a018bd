package io.fiddler.api.completion;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.request.ContextRoom;
import io.fiddler.api.generation.request.EncodedPrompt;
import io.fiddler.api.json.JsonFields;
import io.fiddler.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the prompts of a request fit the model: tokenises them, checks ids against the vocabulary
/// and lengths against the context. Takes as long as the prompts are long.
final class PromptEncoder {
  private static final String FIELD = "prompt";

  private final ContextRoom context;
  private final @Nullable Tokenizer tokenizer;

  /// @param context what prompts must fit into
  /// @param tokenizer null if the model has none: prompts must be token ids then
  PromptEncoder(ContextRoom context, @Nullable Tokenizer tokenizer) {
    this.context = context;
    this.tokenizer = tokenizer;
  }

  /// The prompts in order.
  ///
  /// @throws io.fiddler.api.error.ApiException if one does not fit
  List<EncodedPrompt> encode(CompletionRequest request) {
    context.checkBiases(request.settings().sampling().logitBias().keySet());
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
          context.checkId(FIELD, place + "[" + i + "]", ids[i]);
        }
        yield new EncodedPrompt(null, ids, room(place, ids.length, maxTokens));
      }
    };
  }

  private int[] tokens(String place, String text) {
    if (tokenizer == null) {
      throw ApiError.invalid(
              FIELD,
              "no_tokenizer",
              "%s must be token ids, got text: the model served has no tokenizer".formatted(place))
          .asException();
    }
    int[] ids = tokenizer.encode(text, true);
    if (ids.length == 0) {
      throw JsonFields.wrong(FIELD, place + " must not be empty, got text without any token");
    }
    return ids;
  }

  private int room(String place, int promptTokens, @Nullable Integer maxTokens) {
    return context.room(
        new ContextRoom.Named(FIELD, place),
        promptTokens,
        "max_tokens",
        maxTokens,
        CompletionRequest.DEFAULT_MAX_TOKENS);
  }
}

package io.fiddler.api.text;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.GenerationService;
import io.fiddler.api.generation.request.ContextRoom;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.json.JsonFields;
import io.fiddler.api.model.ModelsHandler;
import io.fiddler.engine.ModelSummary;
import io.fiddler.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/// `POST /tokenize` and `POST /detokenize`: text to the model's tokens and back. They generate
/// nothing and are not in the request log.
public final class TextRoutes {
  private static final String PROMPT = "prompt";
  private static final String MESSAGES = "messages";
  private static final String TOKENS = "tokens";

  private final GenerationService service;
  private final Function<byte[], int[]> chatTokens;

  /// @param service what it shares with routes that generate
  /// @param chatTokens the tokens of the chat in a body
  public TextRoutes(GenerationService service, Function<byte[], int[]> chatTokens) {
    this.service = service;
    this.chatTokens = chatTokens;
  }

  /// Answers one request for the tokens of a prompt or a chat.
  public Mono<Void> tokenize(ServerWebExchange exchange) {
    return service.answer(exchange, this::tokenized);
  }

  /// Answers one request for the text of tokens.
  public Mono<Void> detokenize(ServerWebExchange exchange) {
    return service.answer(exchange, this::detokenized);
  }

  private byte[] tokenized(byte[] body) {
    ModelSummary model = ModelsHandler.ready(service.engine());
    JsonFields fields = ApiJson.readObject(body);
    Tokenizer tokenizer = tokenizer(fields);
    int[] tokens = tokens(fields, body, tokenizer);
    List<String> texts =
        fields.flag("return_token_strs", false)
            ? Arrays.stream(tokens).mapToObj(tokenizer::tokenText).toList()
            : null;
    return ApiJson.write(
        new Tokenized(tokens.length, model.config().contextLength(), tokens, texts));
  }

  private int[] tokens(JsonFields fields, byte[] body, Tokenizer tokenizer) {
    String prompt = fields.string(PROMPT);
    boolean isChat = fields.value(MESSAGES) != null;
    if (isChat && prompt != null) {
      throw JsonFields.wrong(MESSAGES, "messages must not stand beside prompt");
    }
    if (isChat) {
      return chatTokens.apply(body);
    }
    if (prompt == null) {
      throw ApiError.invalid(PROMPT, "missing_field", "prompt is required: a string (or messages)")
          .asException();
    }
    service.options().limits().checkCharacters(PROMPT, prompt.length());
    return tokenizer.encode(prompt, fields.flag("add_special_tokens", true));
  }

  private byte[] detokenized(byte[] body) {
    ModelSummary model = ModelsHandler.ready(service.engine());
    JsonFields fields = ApiJson.readObject(body);
    Tokenizer tokenizer = tokenizer(fields);
    JsonNode array = fields.value(TOKENS);
    if (array == null) {
      throw ApiError.invalid(TOKENS, "missing_field", "tokens is required: an array of token ids")
          .asException();
    }
    if (!array.isArray()) {
      throw JsonFields.wrong(TOKENS, "an array of token ids", array);
    }
    int[] tokens = JsonFields.tokenIds(TOKENS, TOKENS, array);
    ContextRoom room = new ContextRoom(model.config(), null);
    for (int i = 0; i < tokens.length; i++) {
      room.checkId(TOKENS, "tokens[" + i + "]", tokens[i]);
    }
    return ApiJson.write(new Detokenized(tokenizer.decode(tokens, false)));
  }

  private Tokenizer tokenizer(JsonFields fields) {
    String asked = fields.string("model");
    if (asked != null) {
      ModelsHandler.requireServed(service.served(), asked);
    }
    return service
        .served()
        .tokenizer()
        .orElseThrow(() ->
            ApiError.invalid(null, "no_tokenizer", "The model served has no tokenizer")
                .asException());
  }

  /// @param count of the tokens
  /// @param maxModelLen the model's context in tokens; the name is vLLM's
  /// @param tokens what the model reads
  /// @param tokenStrs their texts, if asked for
  @SuppressWarnings("ArrayRecordComponent") // written once
  private record Tokenized(
      int count,
      @JsonProperty("max_model_len") int maxModelLen,
      int[] tokens,
      @JsonProperty("token_strs") @Nullable List<String> tokenStrs) {}

  /// @param prompt with special tokens written out
  private record Detokenized(String prompt) {}
}

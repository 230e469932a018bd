package io.fiddler.api.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fiddler.api.generation.GenerationService;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.model.ModelsHandler;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.tokenizer.chat.ChatPrompt;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// `POST /apply-template`: the prompt that a chat would be, as text and as tokens. Takes the body
/// of a chat completion, generates nothing and is not in the request log.
public final class TemplateRoute {
  private final GenerationService service;
  private final ChatRequestReader reader;

  /// @param service what it shares with routes that generate
  /// @param grammars makes what answers are held to
  public TemplateRoute(GenerationService service, JsonGrammars grammars) {
    this.service = service;
    this.reader = new ChatRequestReader(service.options(), grammars);
  }

  /// Answers one request.
  public Mono<Void> handle(ServerWebExchange exchange) {
    return service.answer(exchange, this::answer);
  }

  /// The prompt that the chat in a body would be.
  ///
  /// @throws io.fiddler.api.error.ApiException naming field, rule and value
  public ChatPrompt prompt(byte[] body) {
    ModelsHandler.ready(service.engine());
    ChatRequest request = reader.read(body);
    if (request.model() != null) {
      ModelsHandler.requireServed(service.served(), request.model());
    }
    return new ChatTemplating(service.served()).prompt(request);
  }

  private byte[] answer(byte[] body) {
    int contextLength = ModelsHandler.ready(service.engine()).config().contextLength();
    ChatPrompt prompt = prompt(body);
    return ApiJson.write(
        new Body(prompt.text(), prompt.tokens(), prompt.tokens().length, contextLength));
  }

  /// @param prompt with special tokens written out
  /// @param tokens what the model reads
  /// @param count of them
  /// @param maxModelLen the model's context in tokens; the name is vLLM's
  @SuppressWarnings("ArrayRecordComponent") // written once
  private record Body(
      String prompt, int[] tokens, int count, @JsonProperty("max_model_len") int maxModelLen) {}
}

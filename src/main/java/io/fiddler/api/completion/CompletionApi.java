package io.fiddler.api.completion;

import io.fiddler.api.generation.GenerationApi;
import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.generation.answer.TokenTexts;
import io.fiddler.api.generation.request.Asking;
import io.fiddler.api.generation.request.ContextRoom;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.model.ServedModel;
import io.fiddler.api.web.Caller;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.engine.ModelSummary;
import io.fiddler.tokenizer.Tokenizer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `POST /v1/completions`: prompts as they are, continued.
public final class CompletionApi implements GenerationApi<CompletionRequest> {
  private final CompletionRequestReader reader;

  /// @param grammars makes what answers are held to
  public CompletionApi(GenerationOptions options, JsonGrammars grammars) {
    this.reader = new CompletionRequestReader(options, grammars);
  }

  @Override
  public CompletionRequest read(byte[] body) {
    return reader.read(body);
  }

  @Override
  public Asked asked(CompletionRequest request) {
    int maxTokens =
        request.maxTokens() == null ? CompletionRequest.DEFAULT_MAX_TOKENS : request.maxTokens();
    return new Asked(request.model(), request.settings(), maxTokens);
  }

  @Override
  public Prepared prepare(
      CompletionRequest request, ServedModel served, ModelSummary model, Caller caller) {
    @Nullable Tokenizer tokenizer = served.tokenizer().orElse(null);
    ContextRoom room = new ContextRoom(model.config(), caller.maxContext());
    GenerationCall call =
        new GenerationCall(
            new Asking("prompt", request.maxTokens() == null ? null : "max_tokens"),
            request.settings(),
            new PromptEncoder(room, tokenizer).encode(request),
            served.name(),
            model,
            tokenizer,
            caller.origin(null, caller.tenant()),
            request.format() == null
                ? null
                : request.format().over(served, model.config().eosTokenIds()),
            Set.of(),
            Set.of());
    return new Prepared(call, new CompletionFormat(new TokenTexts(tokenizer)));
  }
}

package io.fiddler.api.chat;

import io.fiddler.api.chat.tool.ToolCallParser;
import io.fiddler.api.chat.tool.ToolGrammar;
import io.fiddler.api.chat.tool.ToolRequest;
import io.fiddler.api.chat.tool.ToolSyntax;
import io.fiddler.api.generation.GenerationApi;
import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.generation.answer.TokenTexts;
import io.fiddler.api.generation.request.Asking;
import io.fiddler.api.generation.request.ContextRoom;
import io.fiddler.api.generation.request.EncodedPrompt;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.generation.request.ResponseFormat;
import io.fiddler.api.model.ServedModel;
import io.fiddler.api.web.Caller;
import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.engine.ModelSummary;
import io.fiddler.sampling.TokenConstraint;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.tokenizer.chat.ChatPrompt;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `POST /v1/chat/completions`: conversations, made prompts by the model's own template.
public final class ChatApi implements GenerationApi<ChatRequest> {
  private final ChatRequestReader reader;
  private final JsonGrammars grammars;

  /// @param grammars makes what answers are held to
  public ChatApi(GenerationOptions options, JsonGrammars grammars) {
    this.reader = new ChatRequestReader(options, grammars);
    this.grammars = grammars;
  }

  @Override
  public ChatRequest read(byte[] body) {
    return reader.read(body);
  }

  @Override
  public Asked asked(ChatRequest request) {
    return new Asked(request.model(), request.settings(), request.maxTokens().value());
  }

  @Override
  public Prepared prepare(
      ChatRequest request, ServedModel served, ModelSummary model, Caller caller) {
    ChatTemplating templating = new ChatTemplating(served);
    // Who has prompts has a tokenizer.
    Tokenizer tokenizer = served.tokenizer().orElseThrow();
    ContextRoom room = new ContextRoom(model.config(), caller.maxContext());
    room.checkBiases(request.settings().sampling().logitBias().keySet());
    ChatPrompt prompt = templating.prompt(request);
    Set<Integer> ends = new HashSet<>(model.config().eosTokenIds());
    templating.prompts().endOfTurn().ifPresent(ends::add);
    ToolRequest tools = request.tools();
    @Nullable ToolSyntax syntax = tools.offered() ? templating.syntax() : null;
    GenerationCall call =
        new GenerationCall(
            new Asking(
                "messages",
                request.maxTokens().value() == null ? null : request.maxTokens().field()),
            request.settings(),
            List.of(encoded(prompt, request, room)),
            served.name(),
            model,
            tokenizer,
            caller.origin(null, caller.tenant()),
            constraint(request, syntax, served, tokenizer, ends),
            ends,
            syntax == null ? Set.of() : syntax.markers(tokenizer));
    return new Prepared(
        call,
        new ChatFormat(
            new TokenTexts(tokenizer), call.numTexts(), parsers(syntax, tools, call.numTexts())));
  }

  private static EncodedPrompt encoded(ChatPrompt prompt, ChatRequest request, ContextRoom room) {
    int maxTokens =
        room.room(
            new ContextRoom.Named("messages", "the prompt made of messages"),
            prompt.tokens().length,
            request.maxTokens().field(),
            request.maxTokens().value(),
            Integer.MAX_VALUE);
    return new EncodedPrompt(prompt.text(), prompt.tokens(), maxTokens);
  }

  private static List<ToolCallParser> parsers(
      @Nullable ToolSyntax syntax, ToolRequest tools, int choices) {
    return syntax == null
        ? List.of()
        : Stream.generate(() -> new ToolCallParser(syntax, tools)).limit(choices).toList();
  }

  /// What holds an answer to `response_format`, to a call of a tool, or to either.
  private @Nullable Supplier<TokenConstraint> constraint(
      ChatRequest request,
      @Nullable ToolSyntax syntax,
      ServedModel served,
      Tokenizer tokenizer,
      Set<Integer> ends) {
    ResponseFormat format = request.format();
    boolean forced = syntax != null && request.tools().forced();
    if (syntax == null || (format == null && !forced)) {
      return format == null ? null : format.over(served, ends);
    }
    Grammar call = new ToolGrammar(syntax, tokenizer, grammars).of(request.tools());
    ResponseFormat either =
        forced || format == null
            ? new ResponseFormat("tool_choice", call)
            : new ResponseFormat(format.field(), Grammar.choice(List.of(format.grammar(), call)));
    return either.over(served, ends);
  }
}

package io.fiddler.api.completion;

import io.fiddler.api.completion.answer.AnswerWriter;
import io.fiddler.api.completion.request.CompletionCall;
import io.fiddler.api.completion.request.CompletionRequest;
import io.fiddler.api.completion.request.CompletionRequestReader;
import io.fiddler.api.completion.request.PromptEncoder;
import io.fiddler.api.completion.run.GenerationGroup;
import io.fiddler.api.completion.run.RequestAccount;
import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.api.model.ModelsHandler;
import io.fiddler.api.model.ServedModel;
import io.fiddler.api.web.ApiThreads;
import io.fiddler.api.web.Caller;
import io.fiddler.api.web.ErrorAnswers;
import io.fiddler.api.web.FatalErrors;
import io.fiddler.api.web.RequestIds;
import io.fiddler.engine.Engine;
import io.fiddler.engine.ModelSummary;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.usage.RequestLog;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// `POST /v1/completions`. The body is read on the event loop, parsed and tokenised on the prompt
/// threads, run by the engine, and answered from the answer threads. When the client leaves,
/// whatever of this is going on is cancelled.
public final class CompletionsHandler {
  private static final int INTERNAL = 500;

  private final Engine engine;
  private final ServedModel served;
  private final RequestLog log;
  private final CompletionOptions options;
  private final ApiThreads threads;
  private final ErrorAnswers errors;
  private final CompletionRequestReader reader;

  /// @param engine runs the completions
  /// @param served how clients know the model
  /// @param log gets one record a request
  /// @param options limits
  /// @param threads where to read prompts and write answers
  /// @param errors answers failures
  public CompletionsHandler(
      Engine engine,
      ServedModel served,
      RequestLog log,
      CompletionOptions options,
      ApiThreads threads,
      ErrorAnswers errors) {
    this.engine = engine;
    this.served = served;
    this.log = log;
    this.options = options;
    this.threads = threads;
    this.errors = errors;
    this.reader = new CompletionRequestReader(options.maxChoices());
  }

  /// Answers one request.
  public Mono<Void> handle(ServerWebExchange exchange) {
    if (!log.admit()) {
      return Mono.error(unrecordable());
    }
    Caller caller = Caller.of(exchange);
    RequestAccount account =
        new RequestAccount(
            RequestIds.logged(exchange),
            exchange.getRequest().getPath().value(),
            log,
            threads.answers(),
            options.logText(),
            caller);
    return body(exchange)
        .publishOn(threads.prompts())
        .map(FatalErrors.guarded(bytes -> call(bytes, account, caller)))
        .flatMap(FatalErrors.guarded(call -> answer(exchange, call, account)))
        .doOnSuccess(_ -> account.responded(200, null))
        .doOnError(failure -> failed(ErrorAnswers.translate(exchange, failure), failure, account))
        .doOnCancel(account::clientGone);
  }

  private static ApiException unrecordable() {
    return ApiError.unavailable(
            "store_full",
            "The request cannot be recorded: the database does not answer, and memory and disk are full (fiddler.store.on-full=reject)")
        .asException();
  }

  private Mono<byte[]> body(ServerWebExchange exchange) {
    if (exchange.getRequest().getHeaders().getContentLength() > options.maxBodyBytes()) {
      return Mono.error(tooLarge());
    }
    return DataBufferUtils.join(exchange.getRequest().getBody(), options.maxBodyBytes())
        .onErrorMap(DataBufferLimitException.class, _ -> tooLarge())
        .map(CompletionsHandler::bytes)
        .defaultIfEmpty(new byte[0]);
  }

  private ApiException tooLarge() {
    return ApiError.refused(
            413,
            null,
            "request_too_large",
            "The body must have at most %d bytes".formatted(options.maxBodyBytes()))
        .asException();
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private CompletionCall call(byte[] body, RequestAccount account, Caller caller) {
    ModelSummary model = ModelsHandler.ready(engine);
    CompletionRequest request = reader.read(body);
    account.read(request);
    if (request.model() != null) {
      ModelsHandler.requireServed(served, request.model());
    }
    @Nullable Tokenizer tokenizer = served.tokenizer().orElse(null);
    var prompts = new PromptEncoder(model.config(), tokenizer).encode(request);
    CompletionCall call =
        new CompletionCall(
            request,
            prompts,
            served.name(),
            model,
            tokenizer,
            caller.origin(null, caller.tenant()));
    account.accepted(call, engine.device().info().kind());
    return call;
  }

  private Mono<Void> answer(
      ServerWebExchange exchange, CompletionCall call, RequestAccount account) {
    GenerationGroup generations =
        new GenerationGroup(engine, call.request().numChoices(), call::generation, account);
    return new AnswerWriter(
            call,
            account,
            () -> engine.placement().version(),
            failure -> {
              ApiError error = errors.answerTo(exchange, failure);
              failed(error, failure, account);
              return error;
            })
        .write(exchange.getResponse(), generations, threads.answers());
  }

  private static void failed(ApiError error, Throwable failure, RequestAccount account) {
    if (ErrorAnswers.isClientGone(failure)) {
      account.clientGone();
    } else {
      boolean internal = error.status() == INTERNAL;
      account.responded(error.status(), internal ? failure.toString() : error.message());
    }
  }
}

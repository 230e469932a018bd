package io.fiddler.api.generation;

import io.fiddler.api.access.Allowance;
import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.api.generation.GenerationApi.Asked;
import io.fiddler.api.generation.GenerationApi.Prepared;
import io.fiddler.api.generation.answer.AnswerWriter;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.generation.run.GenerationGroup;
import io.fiddler.api.generation.run.RequestAccount;
import io.fiddler.api.generation.run.SamplingJson;
import io.fiddler.api.model.ModelsHandler;
import io.fiddler.api.web.Arrival;
import io.fiddler.api.web.Caller;
import io.fiddler.api.web.ErrorAnswers;
import io.fiddler.api.web.FatalErrors;
import io.fiddler.api.web.RequestLabels;
import io.fiddler.engine.ModelSummary;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// A route that generates. The body is read on the event loop, parsed and tokenised on the prompt
/// threads, run by the engine, and answered from the answer threads. When the client leaves,
/// whatever of this is going on is cancelled.
///
/// @param <R> the route's requests
public final class GenerationRoute<R> {
  private static final int INTERNAL = 500;

  private final GenerationApi<R> api;
  private final GenerationService service;

  /// @param api what is the route's own
  /// @param service what it shares with the others
  public GenerationRoute(GenerationApi<R> api, GenerationService service) {
    this.api = api;
    this.service = service;
  }

  /// Answers one request.
  public Mono<Void> handle(ServerWebExchange exchange) {
    if (!service.log().admit()) {
      return Mono.error(unrecordable());
    }
    Caller caller = Caller.of(exchange);
    Allowance allowance = Allowance.of(exchange);
    RequestAccount account =
        new RequestAccount(
            Arrival.take(exchange, service.tracing()),
            RequestLabels.of(exchange),
            service.log(),
            service.threads().answers(),
            service.options().logText(),
            caller,
            allowance);
    return service
        .bodies()
        .read(exchange, bytes -> prepared(bytes, account, caller))
        .flatMap(prepared -> allowance.reserve(claim(prepared.call())).map(prepared::within))
        .flatMap(FatalErrors.guarded(prepared -> answer(exchange, prepared, account)))
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

  private Prepared prepared(byte[] body, RequestAccount account, Caller caller) {
    ModelSummary model = ModelsHandler.ready(service.engine());
    R request = api.read(body);
    Asked asked = api.asked(request);
    account.read(asked.settings().stream(), SamplingJson.of(asked.settings(), asked.maxTokens()));
    if (asked.model() != null) {
      ModelsHandler.requireServed(service.served(), asked.model());
    }
    Prepared prepared =
        api.prepare(request, service.served(), model, caller)
            .fitting(service.engine().device().cache().room());
    account.accepted(prepared.call(), service.engine().device().info().kind());
    return prepared;
  }

  private static Allowance.Claim claim(GenerationCall call) {
    return new Allowance.Claim(
        call.leastTokens(), call.mostTokens(), call.asking().prompt(), call.asking().maxTokens());
  }

  private Mono<Void> answer(ServerWebExchange exchange, Prepared prepared, RequestAccount account) {
    GenerationGroup generations =
        new GenerationGroup(
            service.engine(),
            prepared.call(),
            account,
            prepared.call().settings().stream()
                ? service.options().maxStreamBufferBytes()
                : Long.MAX_VALUE);
    return new AnswerWriter(
            prepared.call(),
            prepared.format(),
            account,
            () -> service.engine().placement().version(),
            failure -> {
              ApiError error = service.errors().answerTo(exchange, failure);
              failed(error, failure, account);
              return error;
            })
        .write(exchange.getResponse(), generations, service.threads().answers());
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

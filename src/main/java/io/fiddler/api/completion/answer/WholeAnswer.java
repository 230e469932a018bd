package io.fiddler.api.completion.answer;

import io.fiddler.api.completion.run.GenerationEvent;
import io.fiddler.api.completion.run.RequestAccount;
import io.fiddler.api.completion.run.RunTotals;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.web.FatalErrors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Writes a completion as one JSON body, when all choices have ended.
final class WholeAnswer {
  private final CompletionAnswer answer;
  private final CompletionRun run;
  private final RequestAccount account;
  private final ChoiceTotal[] choices;

  WholeAnswer(CompletionAnswer answer, CompletionRun run, RequestAccount account, int choices) {
    this.answer = answer;
    this.run = run;
    this.account = account;
    this.choices =
        IntStream.range(0, choices).mapToObj(ChoiceTotal::new).toArray(ChoiceTotal[]::new);
  }

  /// Answers when the engine has told all.
  Mono<Void> write(ServerHttpResponse response, Flux<GenerationEvent> events) {
    Mono<DataBuffer> body =
        events
            .map(FatalErrors.guarded(run::next))
            .doOnNext(delta -> delta.ifPresent(part -> choices[part.choice()].add(part)))
            .then(Mono.just(response))
            .map(FatalErrors.guarded(this::end))
            .map(response.bufferFactory()::wrap);
    return response.writeWith(body);
  }

  private byte[] end(ServerHttpResponse response) {
    RunTotals totals = account.totals();
    Long version = totals.lastPlacementVersion();
    long placement = version == null ? 0 : version;
    byte[] body =
        ApiJson.write(
            answer.body(
                placement,
                Arrays.stream(choices).map(ChoiceTotal::body).toList(),
                answer.usage(run.completionTokens())));
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    response.getHeaders().setContentLength(body.length);
    CompletionAnswer.setHeaders(response, run.firstPrefill(), totals.assignments(), placement);
    account.handedOver();
    return body;
  }
}

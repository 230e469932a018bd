package io.fiddler.api.generation.answer;

import io.fiddler.api.generation.run.GenerationEvent;
import io.fiddler.api.generation.run.RequestAccount;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.web.FatalErrors;
import java.util.List;
import java.util.stream.IntStream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Writes an answer as one JSON body, when all choices have ended.
final class WholeAnswer {
  private final AnswerFormat format;
  private final Envelopes envelopes;
  private final AnswerRun run;
  private final RequestAccount account;
  private final ChoiceTotal[] choices;

  /// @param texts that the engine tells of
  WholeAnswer(
      AnswerFormat format, Envelopes envelopes, AnswerRun run, RequestAccount account, int texts) {
    this.format = format;
    this.envelopes = envelopes;
    this.run = run;
    this.account = account;
    this.choices = IntStream.range(0, texts).mapToObj(ChoiceTotal::new).toArray(ChoiceTotal[]::new);
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
    List<Integer> chosen = run.chosen();
    account.chosen(chosen);
    Performance performance = Performance.atTheEnd(run.firstPrefill(), account);
    AnswerEnvelope envelope =
        envelopes.envelope(
            performance.placementVersion(), envelopes.usage(run.completionTokens(chosen)));
    List<ChoiceDelta> sums =
        IntStream.range(0, chosen.size())
            .mapToObj(choice -> choices[chosen.get(choice)].sum().numbered(choice))
            .toList();
    byte[] body = ApiJson.write(format.whole(envelope, sums));
    sums.forEach(sum -> account.finished(chosen.get(sum.choice()), format.finishReason(sum)));
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    response.getHeaders().setContentLength(body.length);
    performance.setOn(response.getHeaders());
    account.handedOver();
    return body;
  }
}

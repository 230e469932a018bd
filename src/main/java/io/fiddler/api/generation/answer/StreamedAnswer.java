package io.fiddler.api.generation.answer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ErrorBody;
import io.fiddler.api.generation.run.GenerationEvent;
import io.fiddler.api.generation.run.RequestAccount;
import io.fiddler.api.json.ApiJson;
import io.fiddler.api.web.FatalErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.NullNode;

/// Writes an answer as server-sent events, one a delta, each flushed at once. The headers go out as
/// soon as the first prompt is read; what fails before that is still answered with a status, what
/// fails later with an event.
final class StreamedAnswer {
  private static final MediaType EVENTS = new MediaType(MediaType.TEXT_EVENT_STREAM, UTF_8);

  private final AnswerFormat format;
  private final Envelopes envelopes;
  private final AnswerRun run;
  private final RequestAccount account;
  private final boolean includeUsage;
  private final LongSupplier placement;
  private long placementVersion;
  private boolean begun;

  /// @param placement the version of the placement in force now
  StreamedAnswer(
      AnswerFormat format,
      Envelopes envelopes,
      AnswerRun run,
      RequestAccount account,
      boolean includeUsage,
      LongSupplier placement) {
    this.format = format;
    this.envelopes = envelopes;
    this.run = run;
    this.account = account;
    this.includeUsage = includeUsage;
    this.placement = placement;
  }

  /// Answers while `deltas` come.
  ///
  /// @param events what the engine tells; each is turned into a delta, if it brings one
  /// @param late the answer to a failure after the headers have gone
  Mono<Void> write(
      ServerHttpResponse response,
      Flux<GenerationEvent> events,
      Function<Throwable, ApiError> late) {
    Flux<Flux<DataBuffer>> frames =
        events
            .map(FatalErrors.guarded(event -> frame(response, run.next(event))))
            .concatWith(Mono.just(response).map(FatalErrors.guarded(this::ending)))
            .onErrorResume(failure ->
                begun
                    ? Mono.just(frames(response, List.of(event(ErrorBody.of(late.apply(failure))))))
                    : Mono.error(failure))
            // When the connection is gone, Netty cancels this and calls the answer complete.
            .doOnCancel(account::clientGone);
    return response.writeAndFlushWith(frames);
  }

  /// The frame of a delta; the first one sends the headers and what the format begins with.
  private Flux<DataBuffer> frame(ServerHttpResponse response, Optional<ChoiceDelta> delta) {
    List<Object> bodies = new ArrayList<>();
    if (!begun) {
      begin(response);
      bodies.addAll(format.opening(envelope()));
    }
    delta.ifPresent(part -> {
      bodies.addAll(format.chunks(envelope(), part));
      account.finished(part.choice(), format.finishReason(part));
    });
    return bodies.isEmpty()
        ? Flux.empty()
        : frames(response, bodies.stream().map(StreamedAnswer::event).toList());
  }

  private void begin(ServerHttpResponse response) {
    begun = true;
    Performance performance =
        Performance.atFirstToken(
            run.firstPrefill(), account, run.firstPrefill() == null ? placement.getAsLong() : 0);
    placementVersion = performance.placementVersion();
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(EVENTS);
    response.getHeaders().setCacheControl("no-cache");
    // Or nginx would collect the events of a whole answer.
    response.getHeaders().set("X-Accel-Buffering", "no");
    performance.setOn(response.getHeaders());
  }

  private AnswerEnvelope envelope() {
    return envelopes.envelope(placementVersion, includeUsage ? NullNode.getInstance() : null);
  }

  private Flux<DataBuffer> ending(ServerHttpResponse response) {
    List<String> events = new ArrayList<>();
    if (includeUsage) {
      events.add(
          event(
              format.closing(
                  envelopes.envelope(
                      placementVersion,
                      envelopes.usage(run.completionTokens()),
                      Performance.atTheEnd(run.firstPrefill(), account).json()))));
    }
    // The space is what OpenAI sends; some clients compare the line as it is.
    events.add("data: [DONE]\n\n");
    Flux<DataBuffer> frames = frames(response, events);
    account.handedOver();
    return frames;
  }

  private static String event(Object body) {
    return "data: " + new String(ApiJson.write(body), UTF_8) + "\n\n";
  }

  private static Flux<DataBuffer> frames(ServerHttpResponse response, List<String> events) {
    byte[] bytes = String.join("", events).getBytes(UTF_8);
    return Flux.just(response.bufferFactory().wrap(bytes));
  }
}

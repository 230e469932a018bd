package io.fiddler.api.generation.answer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.api.connection.WritingThread;
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
import reactor.core.publisher.Signal;
import reactor.core.publisher.SynchronousSink;
import tools.jackson.databind.node.NullNode;

/// Writes an answer as server-sent events, one a delta, each flushed at once. The headers go out as
/// soon as the first prompt is read; what fails before that is still answered with a status, what
/// fails later with an event.
final class StreamedAnswer {
  /// Frames that may wait for the thread that writes them; what else waits, waits in the engine's
  /// events, which have a limit.
  private static final int WRITTEN_AHEAD = 32;

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
            .materialize()
            .<Flux<DataBuffer>>handle((signal, sink) -> {
              try {
                frame(response, signal).ifPresent(sink::next);
              } catch (LinkageError | VirtualMachineError | RuntimeException e) {
                fail(response, late, FatalErrors.asException(e), sink);
              }
            })
            .publishOn(WritingThread.of(response), WRITTEN_AHEAD)
            // When the connection is gone, Netty cancels this and calls the answer complete.
            .doOnCancel(account::clientGone);
    return response.writeAndFlushWith(frames);
  }

  /// What a signal of the engine brings, if it brings anything.
  private Optional<Flux<DataBuffer>> frame(
      ServerHttpResponse response, Signal<GenerationEvent> signal) {
    GenerationEvent event = signal.get();
    if (event != null) {
      return frame(response, run.next(event));
    }
    if (signal.getThrowable() != null) {
      throw FatalErrors.asException(signal.getThrowable());
    }
    return Optional.of(ending(response));
  }

  private void fail(
      ServerHttpResponse response,
      Function<Throwable, ApiError> late,
      RuntimeException failure,
      SynchronousSink<Flux<DataBuffer>> sink) {
    if (begun) {
      sink.next(frames(response, List.of(event(ErrorBody.of(late.apply(failure))))));
      sink.complete();
    } else {
      sink.error(failure);
    }
  }

  /// The frame of a delta; the first one sends the headers and what the format begins with.
  private Optional<Flux<DataBuffer>> frame(
      ServerHttpResponse response, Optional<ChoiceDelta> delta) {
    List<Object> bodies = new ArrayList<>();
    boolean first = !begun;
    if (first) {
      begin(response);
      bodies.addAll(format.opening(envelope()));
    }
    delta.ifPresent(part -> {
      bodies.addAll(format.chunks(envelope(), part));
      account.finished(part.choice(), format.finishReason(part));
    });
    // The first frame takes the headers with it, even if it is empty.
    return bodies.isEmpty() && !first
        ? Optional.empty()
        : Optional.of(frames(response, bodies.stream().map(StreamedAnswer::event).toList()));
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

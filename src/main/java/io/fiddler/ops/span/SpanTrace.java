package io.fiddler.ops.span;

import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.span.EndedGeneration;
import io.fiddler.usage.span.EndedRequest;
import io.fiddler.usage.span.RequestTrace;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Optional;

/// The span of one request, and below it those of its generations, which are made at the end with
/// the times that the engine measured.
final class SpanTrace implements RequestTrace {
  private static final int FIRST_SERVER_ERROR = 500;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Tracer tracer;
  private final Span span;
  private final String method;

  SpanTrace(Tracer tracer, Span span, String method) {
    this.tracer = tracer;
    this.span = span;
    this.method = method;
  }

  @Override
  public Optional<String> traceId() {
    return Optional.of(span.getSpanContext().getTraceId());
  }

  @Override
  public void end(EndedRequest request) {
    RequestRecord record = request.record();
    for (EndedGeneration generation : request.generations()) {
      phases(record.createdAt(), generation);
    }
    span.setAllAttributes(SpanAttributes.of(method, request));
    if (record.status() >= FIRST_SERVER_ERROR) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end(after(record.createdAt(), Math.round(record.totalMillis() * NANOS_PER_MILLI)));
  }

  /// A generation that ended before its first step has only waited, one that ended before its first
  /// token has only read.
  private void phases(Instant arrival, EndedGeneration generation) {
    phase(
        "queue",
        after(arrival, generation.submittedNanos()),
        after(arrival, generation.startedNanos()),
        generation);
    if (generation.ran()) {
      phase(
          "prefill",
          after(arrival, generation.startedNanos()),
          after(arrival, generation.firstTokenNanos()),
          generation);
    }
    if (generation.completionTokens() > 0) {
      phase(
          "decode",
          after(arrival, generation.firstTokenNanos()),
          after(arrival, generation.endedNanos()),
          generation);
    }
  }

  private void phase(String name, Instant from, Instant to, EndedGeneration generation) {
    tracer
        .spanBuilder(name)
        .setParent(Context.root().with(span))
        .setStartTimestamp(from)
        .setAllAttributes(SpanAttributes.of(name, generation))
        .startSpan()
        .end(to);
  }

  private static Instant after(Instant arrival, long nanos) {
    return arrival.plusNanos(nanos);
  }
}

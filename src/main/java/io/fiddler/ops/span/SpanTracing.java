package io.fiddler.ops.span;

import io.fiddler.usage.span.RequestTrace;
import io.fiddler.usage.span.RequestTracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Begins a span for each request, as part of the trace that its caller names in a
/// [traceparent](https://www.w3.org/TR/trace-context/).
final class SpanTracing implements RequestTracing, AutoCloseable {
  /// How long the last spans may take to be sent at a stop.
  private static final long CLOSE_SECONDS = 2;

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  /// @param processor takes the spans; closed with this
  SpanTracing(SpanProcessor processor, SpanOptions options) {
    Resource resource =
        Resource.getDefault()
            .merge(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "fiddler",
                        AttributeKey.stringKey("service.version"),
                        options.version(),
                        AttributeKey.stringKey("service.instance.id"),
                        options.instance())));
    provider =
        SdkTracerProvider.builder()
            .setResource(resource)
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(options.sampleRate())))
            .addSpanProcessor(processor)
            .build();
    tracer = provider.get("io.fiddler");
  }

  @Override
  public RequestTrace begin(
      String method, String route, Instant createdAt, Function<String, @Nullable String> headers) {
    Context caller =
        W3CTraceContextPropagator.getInstance()
            .extract(Context.root(), headers, RequestHeaders.INSTANCE);
    Span span =
        tracer
            .spanBuilder(method + " " + route)
            .setParent(caller)
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(createdAt)
            .startSpan();
    return span.isRecording() ? new SpanTrace(tracer, span, method) : RequestTrace.NONE;
  }

  @Override
  public void close() {
    provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}

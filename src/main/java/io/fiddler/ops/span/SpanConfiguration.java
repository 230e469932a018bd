package io.fiddler.ops.span;

import io.fiddler.usage.span.RequestTracing;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Traces. What they need from elsewhere: [SpanOptions].
@Configuration(proxyBeanMethods = false)
public class SpanConfiguration {
  /// Without an endpoint nothing of OpenTelemetry is even loaded.
  @Bean
  RequestTracing requestTracing(SpanOptions options) {
    URI endpoint = options.endpoint();
    return endpoint == null ? RequestTracing.OFF : sending(endpoint, options);
  }

  private static SpanTracing sending(URI endpoint, SpanOptions options) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint.toString())
            .setHeaders(options::headers)
            .build();
    // Its queue is bounded: what a collector does not take is dropped, and no request waits.
    return new SpanTracing(BatchSpanProcessor.builder(exporter).build(), options);
  }
}

package io.fiddler.ops.span;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where spans go.
///
/// @param endpoint a collector's address for traces (OTLP over HTTP); null to make none
/// @param headers sent along, such as a collector's key
/// @param sampleRate share of the traces that begin here and are kept, in [0, 1]; of one that began
///   elsewhere, its caller decides
/// @param version of the service
/// @param instance this process among those that serve together
public record SpanOptions(
    @Nullable URI endpoint,
    Map<String, String> headers,
    double sampleRate,
    String version,
    String instance) {
  public SpanOptions {
    headers = Map.copyOf(headers);
  }
}

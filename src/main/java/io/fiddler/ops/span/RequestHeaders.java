package io.fiddler.ops.span;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A request's headers as OpenTelemetry reads them.
enum RequestHeaders implements TextMapGetter<Function<String, @Nullable String>> {
  INSTANCE;

  /// Only asked for by propagators that look for headers of a prefix; W3C's does not.
  @Override
  public Iterable<String> keys(Function<String, @Nullable String> headers) {
    return List.of();
  }

  @Override
  public @Nullable String get(@Nullable Function<String, @Nullable String> headers, String name) {
    return headers == null ? null : headers.apply(name);
  }
}

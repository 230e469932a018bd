package io.fiddler.usage.span;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Follows requests through the service. Thread-safe; never blocks and never throws.
@FunctionalInterface
public interface RequestTracing {
  /// Follows none.
  RequestTracing OFF = (_, _, _, _) -> RequestTrace.NONE;

  /// A request has arrived.
  ///
  /// @param method of HTTP
  /// @param route for example `/v1/completions`
  /// @param createdAt when it arrived
  /// @param headers its headers by name, in which a caller's trace may go on; null for one that it
  ///   lacks
  RequestTrace begin(
      String method, String route, Instant createdAt, Function<String, @Nullable String> headers);
}

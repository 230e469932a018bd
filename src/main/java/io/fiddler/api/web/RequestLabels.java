package io.fiddler.api.web;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.web.server.ServerWebExchange;

/// What the log's lines about one request carry, so that they are found: fields of their own in a
/// structured log, which a pattern may show too.
///
/// @param requestId the id that the response shows, as `requestId`
/// @param traceId where the request is traced, as `traceId`; null if it is not
public record RequestLabels(String requestId, @Nullable String traceId) {
  static final String REQUEST = "requestId";
  static final String TRACE = "traceId";

  /// Those of a request.
  public static RequestLabels of(ServerWebExchange exchange) {
    return new RequestLabels(
        RequestIds.shown(exchange),
        Arrival.of(exchange).flatMap(arrival -> arrival.trace().traceId()).orElse(null));
  }

  /// Writes lines that carry them, on this thread.
  public void around(Runnable lines) {
    MDC.put(REQUEST, requestId);
    if (traceId != null) {
      MDC.put(TRACE, traceId);
    }
    try {
      lines.run();
    } finally {
      MDC.remove(REQUEST);
      MDC.remove(TRACE);
    }
  }
}

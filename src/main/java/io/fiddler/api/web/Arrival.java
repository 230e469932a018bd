package io.fiddler.api.web;

import io.fiddler.usage.span.RequestTrace;
import io.fiddler.usage.span.RequestTracing;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/// What is known of a request from its arrival on.
///
/// @param id under which it is logged
/// @param route for example `/v1/completions`
/// @param createdAt when it arrived
/// @param startNanos the same by the clock that only measures
/// @param trace follows it
public record Arrival(
    UUID id, String route, Instant createdAt, long startNanos, RequestTrace trace) {
  private static final String ATTRIBUTE = Arrival.class.getName();

  /// Takes a request in; from now on the log's lines about it tell its trace.
  public static Arrival take(ServerWebExchange exchange, RequestTracing tracing) {
    ServerHttpRequest request = exchange.getRequest();
    Instant now = Instant.now();
    long nanos = System.nanoTime();
    String route = request.getPath().value();
    RequestTrace trace =
        tracing.begin(request.getMethod().name(), route, now, request.getHeaders()::getFirst);
    Arrival arrival = new Arrival(RequestIds.logged(exchange), route, now, nanos, trace);
    exchange.getAttributes().put(ATTRIBUTE, arrival);
    return arrival;
  }

  /// That of a request; empty if it was not taken in.
  static Optional<Arrival> of(ServerWebExchange exchange) {
    @Nullable Arrival arrival = exchange.getAttribute(ATTRIBUTE);
    return Optional.ofNullable(arrival);
  }
}

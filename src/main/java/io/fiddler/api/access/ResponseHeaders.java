package io.fiddler.api.access;

import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.server.header.ServerHttpHeadersWriter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// What every answer tells a browser, unless a page says it in its own way: nothing here is to be
/// kept, guessed, run or framed. And when to come back, where it is "not now".
final class ResponseHeaders implements ServerHttpHeadersWriter {
  private static final Map<String, String> HEADERS =
      Map.of(
          HttpHeaders.CACHE_CONTROL,
          "no-store",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Content-Security-Policy",
          "default-src 'none'; frame-ancestors 'none'",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin");

  /// For those that do not say it themselves, as Actuator does not: what is missing, the database
  /// or the model, is mostly back within seconds.
  private static final String RETRY_AFTER_SECONDS = "5";

  @Override
  public Mono<Void> writeHttpHeaders(ServerWebExchange exchange) {
    return Mono.fromRunnable(() -> {
      HttpHeaders headers = exchange.getResponse().getHeaders();
      HEADERS.forEach((name, value) -> {
        if (!headers.containsHeader(name)) {
          headers.set(name, value);
        }
      });
      if (HttpStatus.SERVICE_UNAVAILABLE.equals(exchange.getResponse().getStatusCode())
          && !headers.containsHeader(HttpHeaders.RETRY_AFTER)) {
        headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
      }
      // What runs this is nobody's business.
      headers.remove(HttpHeaders.SERVER);
    });
  }
}

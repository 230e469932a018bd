package io.fiddler.ops;

import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Keeps from Actuator what its own endpoints answer with a 500: an empty `Accept`, and names of
/// parts of the health that no part can have.
final class ActuatorRequests implements WebFilter, Ordered {
  private static final String ACTUATOR = "/actuator/";
  private static final String HEALTH = ACTUATOR + "health/";
  private static final Pattern NAMES =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

  /// After the rules of access.
  @Override
  public int getOrder() {
    return -60;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().value();
    if (!path.startsWith(ACTUATOR)) {
      return chain.filter(exchange);
    }
    if (path.startsWith(HEALTH) && !NAMES.matcher(path.substring(HEALTH.length())).matches()) {
      return Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND));
    }
    String accept = exchange.getRequest().getHeaders().getFirst(HttpHeaders.ACCEPT);
    return accept != null && accept.isBlank()
        ? chain.filter(
            exchange
                .mutate()
                .request(request -> request.headers(headers -> headers.remove(HttpHeaders.ACCEPT)))
                .build())
        : chain.filter(exchange);
  }
}

package io.fiddler.ops;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;

/// Tells the `placement` endpoint who acts, which Actuator does not: the name behind the request if
/// there is one, else its address. It goes into the parameter `by`, whatever the client put there;
/// Actuator lets parameters of the query win over those of the body.
final class OperatorFilter implements WebFilter, Ordered {
  static final String PARAMETER = "by";

  /// After Spring Security's filters (-100), which know the principal.
  private static final int ORDER = -50;

  private final String path;

  /// @param path of the endpoint
  OperatorFilter(String path) {
    this.path = path;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    if (!request.getMethod().equals(HttpMethod.POST) || !request.getPath().value().equals(path)) {
      return chain.filter(exchange);
    }
    return exchange
        .getPrincipal()
        .map(Principal::getName)
        .defaultIfEmpty(address(request))
        .flatMap(by -> chain.filter(with(exchange, by)));
  }

  private static String address(ServerHttpRequest request) {
    InetSocketAddress remote = request.getRemoteAddress();
    return remote == null || remote.getAddress() == null
        ? "operator"
        : remote.getAddress().getHostAddress();
  }

  private static ServerWebExchange with(ServerWebExchange exchange, String by) {
    URI uri =
        UriComponentsBuilder.fromUri(exchange.getRequest().getURI())
            .replaceQueryParam(PARAMETER, UriUtils.encode(by, StandardCharsets.UTF_8))
            .build(true)
            .toUri();
    return exchange.mutate().request(request -> request.uri(uri)).build();
  }
}

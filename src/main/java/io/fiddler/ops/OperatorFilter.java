package io.fiddler.ops;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;

/// Tells the endpoints `placement` and `keys` who acts, which Actuator does not: the name of the
/// key behind the request if there is one, else its address. It goes into the parameter `by`, and
/// the address into `source`, whatever the client put there; Actuator lets parameters of the query
/// win over those of the body.
final class OperatorFilter implements WebFilter, Ordered {
  static final String PARAMETER = "by";

  private static final String SOURCE = "source";
  private static final Set<HttpMethod> WRITES = Set.of(HttpMethod.POST, HttpMethod.DELETE);

  /// After Spring Security's filters (-100), which know the principal.
  private static final int ORDER = -50;

  private final List<String> paths;

  /// @param paths of the endpoints
  OperatorFilter(List<String> paths) {
    this.paths = paths;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    if (!WRITES.contains(request.getMethod()) || !isMeant(request.getPath().value())) {
      return chain.filter(exchange);
    }
    return exchange
        .getPrincipal()
        .map(Principal::getName)
        .defaultIfEmpty(address(request))
        .map(by -> with(exchange, by))
        .flatMap(chain::filter);
  }

  private boolean isMeant(String path) {
    return paths.stream().anyMatch(each -> path.equals(each) || path.startsWith(each + "/"));
  }

  private static String address(ServerHttpRequest request) {
    InetSocketAddress remote = request.getRemoteAddress();
    return remote == null || remote.getAddress() == null
        ? "operator"
        : remote.getAddress().getHostAddress();
  }

  private static ServerWebExchange with(ServerWebExchange exchange, String by) {
    String address = address(exchange.getRequest());
    UriComponentsBuilder builder =
        UriComponentsBuilder.fromUri(exchange.getRequest().getURI())
            .replaceQueryParam(PARAMETER, UriUtils.encode(by, StandardCharsets.UTF_8))
            .replaceQueryParam(SOURCE, UriUtils.encode(address, StandardCharsets.UTF_8));
    URI uri;
    try {
      uri = builder.build(true).toUri();
    } catch (IllegalArgumentException e) {
      // Legal in a URI, as in ?a=b?a=b, and not as a parameter.
      throw new ServerWebInputException("the query is not well-formed", null, e);
    }
    return exchange.mutate().request(request -> request.uri(uri)).build();
  }
}

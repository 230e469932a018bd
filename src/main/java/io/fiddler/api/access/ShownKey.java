package io.fiddler.api.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// The text of a key as somebody sent it: `Authorization: Bearer <key>`.
final class ShownKey extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1;
  private static final String SCHEME = "Bearer ";

  private final transient String text;

  private ShownKey(String text) {
    super(List.of());
    this.text = text;
  }

  /// The key of a request; empty if it shows none.
  static Mono<Authentication> of(ServerWebExchange exchange) {
    String value = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    return value != null && value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? Mono.just(new ShownKey(value.substring(SCHEME.length()).strip()))
        : Mono.empty();
  }

  @Override
  public String getCredentials() {
    return text;
  }

  @Override
  public String getPrincipal() {
    return "";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "ShownKey[***]";
  }
}

package io.fiddler.api.access;

import io.fiddler.api.web.Caller;
import io.fiddler.usage.access.ApiKey;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Says to the routes who calls them.
final class CallerFilter implements WebFilter {
  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return ReactiveSecurityContextHolder.getContext()
        .mapNotNull(context -> context.getAuthentication())
        .ofType(KeyAuthentication.class)
        .doOnNext(authentication -> caller(authentication.key()).sent(exchange))
        .then(Mono.defer(() -> chain.filter(exchange)));
  }

  private static Caller caller(ApiKey key) {
    return new Caller(
        key.id(), key.settings().tenant(), key.settings().priority(), key.settings().maxContext());
  }
}

package io.fiddler.api.access;

import io.fiddler.api.web.Caller;
import io.fiddler.usage.access.AccessCounters;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.limit.Limiter;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Says to the routes who calls them, and holds whoever has text generated to the limits of his
/// key.
final class CallerFilter implements WebFilter {
  private final RouteScopes scopes;
  private final @Nullable Limiter limiter;
  private final Scheduler lookups;
  private final AccessCounters counters;

  /// @param limiter null if no key has limits
  /// @param lookups where the database is asked
  CallerFilter(
      RouteScopes scopes, @Nullable Limiter limiter, Scheduler lookups, AccessCounters counters) {
    this.scopes = scopes;
    this.limiter = limiter;
    this.lookups = lookups;
    this.counters = counters;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return ReactiveSecurityContextHolder.getContext()
        .mapNotNull(context -> context.getAuthentication())
        .ofType(KeyAuthentication.class)
        .map(KeyAuthentication::key)
        .singleOptional()
        .flatMap(key ->
            key.map(known -> called(known, exchange, chain))
                .orElseGet(() -> chain.filter(exchange)));
  }

  private Mono<Void> called(ApiKey key, ServerWebExchange exchange, WebFilterChain chain) {
    new Caller(
            key.id(),
            key.settings().tenant(),
            key.settings().priority(),
            key.settings().maxContext())
        .sent(exchange);
    Limiter limits = limiter;
    if (limits == null
        || key.settings().limits().equals(KeyLimits.NONE)
        || exchange.getRequest().getMethod().equals(HttpMethod.GET)
        || !scopes.isInference(exchange.getRequest())) {
      return chain.filter(exchange);
    }
    KeyAllowance allowance = new KeyAllowance(limits, key, exchange, lookups, counters);
    exchange.getAttributes().put(Allowance.class.getName(), allowance);
    return allowance
        .admit()
        .then(Mono.defer(() -> chain.filter(exchange)))
        .doFinally(_ -> allowance.release());
  }
}

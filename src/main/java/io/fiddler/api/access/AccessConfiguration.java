package io.fiddler.api.access;

import io.fiddler.api.web.LocalFilter;
import io.fiddler.api.web.SecurityOptions;
import io.fiddler.usage.access.AccessCounters;
import io.fiddler.usage.access.KeyRing;
import io.fiddler.usage.access.Scope;
import io.fiddler.usage.access.limit.Limiter;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.firewall.ServerWebExchangeFirewall;
import org.springframework.security.web.server.savedrequest.NoOpServerRequestCache;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher.MatchResult;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// The door. With an administrator's key every request shows a key that has the scope of its route;
/// without one, this machine only is served. What it needs from elsewhere: [SecurityOptions], and a
/// [KeyRing] if there are other keys than the administrator's.
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
public class AccessConfiguration {
  private static final int THREADS = 4;
  private static final int MAX_WAITING = 1_000;

  @Bean
  AccessCounters accessCounters() {
    return new AccessCounters();
  }

  @Bean(destroyMethod = "dispose")
  Scheduler keyLookups() {
    return Schedulers.newBoundedElastic(THREADS, MAX_WAITING, "api-keys", 60, true);
  }

  /// Threads of their own, so that a key at its limits holds up no other's check.
  @Bean(destroyMethod = "dispose")
  Scheduler limitLookups() {
    return Schedulers.newBoundedElastic(THREADS, MAX_WAITING, "api-limits", 60, true);
  }

  /// Spring Security's own refuses spellings such as `//` in a sentence that is not ours. There is
  /// nothing to guard against: rules and router read a path in the same way, and a path that no
  /// rule knows needs an administrator.
  @Bean
  ServerWebExchangeFirewall exchangeFirewall() {
    return ServerWebExchangeFirewall.INSECURE_NOOP;
  }

  @Bean
  ReactiveAuthenticationManager keyCheck(
      SecurityOptions security,
      ObjectProvider<KeyRing> ring,
      Scheduler keyLookups,
      AccessCounters counters) {
    String adminKey = security.adminKey();
    return adminKey == null
        ? _ -> Mono.empty()
        : new KeyCheck(adminKey, ring.getIfAvailable(), keyLookups, counters);
  }

  @Bean
  SecurityWebFilterChain door(
      ServerHttpSecurity http,
      SecurityOptions security,
      ReactiveAuthenticationManager keyCheck,
      ObjectProvider<Limiter> limiter,
      Scheduler limitLookups,
      AccessCounters counters) {
    http.csrf(ServerHttpSecurity.CsrfSpec::disable)
        .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
        .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .requestCache(cache -> cache.requestCache(NoOpServerRequestCache.getInstance()))
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .headers(headers ->
            headers
                .cache(ServerHttpSecurity.HeaderSpec.CacheSpec::disable)
                .writer(new ResponseHeaders()));
    if (security.adminKey() == null) {
      return thisMachineOnly(http, security);
    }
    RouteScopes scopes = new RouteScopes(security.openPaths());
    return withKeys(
        http.addFilterAfter(
            new CallerFilter(scopes, limiter.getIfAvailable(), limitLookups, counters),
            SecurityWebFiltersOrder.AUTHORIZATION),
        scopes,
        keyCheck,
        counters);
  }

  private static SecurityWebFilterChain thisMachineOnly(
      ServerHttpSecurity http, SecurityOptions security) {
    return http.addFilterAt(
            new LocalFilter(security.openPaths()), SecurityWebFiltersOrder.AUTHENTICATION)
        .authorizeExchange(exchanges -> exchanges.anyExchange().permitAll())
        .build();
  }

  private static SecurityWebFilterChain withKeys(
      ServerHttpSecurity http,
      RouteScopes scopes,
      ReactiveAuthenticationManager keyCheck,
      AccessCounters counters) {
    AuthenticationWebFilter authentication = new AuthenticationWebFilter(keyCheck);
    authentication.setServerAuthenticationConverter(ShownKey::of);
    authentication.setSecurityContextRepository(NoOpServerSecurityContextRepository.getInstance());
    authentication.setRequiresAuthenticationMatcher(guarded(scopes));
    return http.addFilterAt(authentication, SecurityWebFiltersOrder.AUTHENTICATION)
        .authorizeExchange(exchanges ->
            exchanges
                .anyExchange()
                .access((sent, context) ->
                    sent.map(authenticated -> may(authenticated, context.getExchange(), scopes))
                        .defaultIfEmpty(scopes.isOpen(context.getExchange().getRequest()))
                        .map(AuthorizationDecision::new)))
        .exceptionHandling(refusals ->
            refusals
                .authenticationEntryPoint((_, _) -> {
                  counters.count(AccessCounters.Refusal.NO_KEY);
                  return Mono.error(Refusals.noKey());
                })
                .accessDeniedHandler((exchange, _) -> {
                  Set<Scope> needed = scopes.needed(exchange.getRequest()).orElseGet(Set::of);
                  counters.count(
                      needed.equals(Set.of(Scope.ADMIN))
                          ? AccessCounters.Refusal.NO_ADMIN
                          : AccessCounters.Refusal.NO_SCOPE);
                  return Mono.error(Refusals.scope(needed));
                }))
        .build();
  }

  private static ServerWebExchangeMatcher guarded(RouteScopes scopes) {
    return exchange ->
        scopes.isOpen(exchange.getRequest()) ? MatchResult.notMatch() : MatchResult.match();
  }

  private static boolean may(
      @Nullable Authentication sent, ServerWebExchange exchange, RouteScopes scopes) {
    return scopes
        .needed(exchange.getRequest())
        .map(needed ->
            sent instanceof KeyAuthentication authentication
                && needed.stream().anyMatch(authentication.key()::may))
        .orElse(true);
  }
}

package io.fiddler.api.web;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Closed by default: the key where one is configured, else this machine only.
public final class AccessFilter implements WebFilter, Ordered {
  private final WebFilter rule;

  /// The rule that the options ask for.
  public AccessFilter(SecurityOptions options) {
    this.rule =
        options.adminKey() == null
            ? new LocalFilter()
            : new KeyFilter(options.adminKey(), options.openPaths());
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 2;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return rule.filter(exchange, chain);
  }
}

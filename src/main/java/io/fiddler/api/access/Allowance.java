package io.fiddler.api.access;

import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// How many tokens a request may still use. A route that generates sets aside the most it can take
/// before it submits anything, and says in the end what it took. Both are to be called at most
/// once.
public interface Allowance {
  /// Without limits.
  Allowance UNLIMITED =
      new Allowance() {
        @Override
        public Mono<Void> reserve(long tokens) {
          return Mono.empty();
        }

        @Override
        public void settle(long used) {}
      };

  /// Sets tokens aside; fails with 429 if the key has not so many left.
  Mono<Void> reserve(long tokens);

  /// Gives back what was set aside and not used. Never blocks; does nothing if nothing was set
  /// aside.
  void settle(long used);

  /// The allowance of a request.
  static Allowance of(ServerWebExchange exchange) {
    Allowance allowance = exchange.getAttribute(Allowance.class.getName());
    return allowance == null ? UNLIMITED : allowance;
  }
}

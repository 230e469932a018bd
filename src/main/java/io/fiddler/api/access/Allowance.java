package io.fiddler.api.access;

import org.jspecify.annotations.Nullable;
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
        public Mono<Long> reserve(Claim claim) {
          return Mono.just(claim.most());
        }

        @Override
        public void settle(long used) {}
      };

  /// Tokens that a request wants.
  ///
  /// @param least without which it does not run
  /// @param most it can take
  /// @param prompt the field of its prompts
  /// @param maxTokens the field that limits its answers; null if it left that to the service
  record Claim(long least, long most, String prompt, @Nullable String maxTokens) {}

  /// Sets as many tokens aside as the key can ever have, fewer if that is all the month has left,
  /// and says how many; fails with 429 if there are not so many, or fewer than it needs.
  Mono<Long> reserve(Claim claim);

  /// Gives back what was set aside and not used. Never blocks; does nothing if nothing was set
  /// aside.
  void settle(long used);

  /// The allowance of a request.
  static Allowance of(ServerWebExchange exchange) {
    Allowance allowance = exchange.getAttribute(Allowance.class.getName());
    return allowance == null ? UNLIMITED : allowance;
  }
}

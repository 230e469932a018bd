package io.fiddler.api.access;

import io.fiddler.usage.access.AccessCounters;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.limit.Admission;
import io.fiddler.usage.access.limit.Admission.Exceeded;
import io.fiddler.usage.access.limit.Admission.Granted;
import io.fiddler.usage.access.limit.Admission.Stake;
import io.fiddler.usage.access.limit.LimitKind;
import io.fiddler.usage.access.limit.Limiter;
import io.fiddler.usage.access.limit.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// What a request may use of its key's limits, and what the answer says about them.
final class KeyAllowance implements Allowance {
  private static final Duration GRACE = Duration.ofMillis(50);

  private final Limiter limiter;
  private final ApiKey key;
  private final ServerWebExchange exchange;
  private final Scheduler lookups;
  private final AccessCounters counters;
  private final Held request;
  private final Held tokens;

  KeyAllowance(
      Limiter limiter,
      ApiKey key,
      ServerWebExchange exchange,
      Scheduler lookups,
      AccessCounters counters) {
    this.limiter = limiter;
    this.key = key;
    this.exchange = exchange;
    this.lookups = lookups;
    this.counters = counters;
    this.request = new Held((stake, _) -> limiter.release(key, stake));
    this.tokens = new Held((stake, used) -> limiter.settle(key, stake, used));
  }

  /// Begins the request; fails with 429 if it may not begin now.
  Mono<Void> admit() {
    return decided(() -> limiter.tryAdmit(key), () -> limiter.admit(key), request)
        .flatMap(admission ->
            admission instanceof Exceeded(String what, _, _, _) && what.equals(Limiter.CONCURRENT)
                // The one before may have its answer and not have ended here.
                ? Mono.delay(GRACE)
                    .then(
                        Mono.defer(() ->
                            decided(
                                () -> limiter.tryAdmit(key), () -> limiter.admit(key), request)))
                : Mono.just(admission))
        .flatMap(admission -> told(admission, null));
  }

  /// Ends the request.
  void release() {
    request.ended(0);
  }

  @Override
  public Mono<Long> reserve(Claim claim) {
    KeyLimits limits = key.settings().limits();
    long ever = Math.min(limit(limits.tokensPerMinute()), limit(limits.monthlyTokens()));
    return reserve(claim, Math.max(claim.least(), Math.min(claim.most(), ever)), true);
  }

  /// @param yielding whether what the month has left will do, too
  private Mono<Long> reserve(Claim claim, long most, boolean yielding) {
    return decided(() -> limiter.tryReserve(key, most), () -> limiter.reserve(key, most), tokens)
        .flatMap(admission -> {
          long left = yielding && isOfMonth(admission) ? leftOfMonth() : 0;
          return left >= claim.least() && left < most
              ? reserve(claim, left, false)
              : told(admission, claim).thenReturn(most);
        });
  }

  private static boolean isOfMonth(Admission admission) {
    return admission instanceof Exceeded(String what, _, _, _)
        && what.equals(LimitKind.MONTH.text());
  }

  private long leftOfMonth() {
    return limiter.standing(key, LimitKind.MONTH).map(Standing::remaining).orElse(0L);
  }

  private static long limit(@Nullable Long most) {
    return most == null ? Long.MAX_VALUE : most;
  }

  @Override
  public void settle(long used) {
    tokens.ended(used);
  }

  private Mono<Admission> decided(
      Supplier<Optional<Admission>> know, Supplier<Admission> ask, Held held) {
    return know.get()
        .map(admission -> Mono.just(taken(admission, held)))
        .orElseGet(() ->
            Mono.fromCallable(() -> taken(ask.get(), held))
                .subscribeOn(lookups)
                .onErrorMap(RejectedExecutionException.class, _ -> Refusals.busy()));
  }

  private static Admission taken(Admission admission, Held held) {
    if (admission instanceof Granted(Stake stake)) {
      held.taken(stake);
    }
    return admission;
  }

  private Mono<Void> told(Admission admission, @Nullable Claim claim) {
    RateHeaders.set(
        exchange.getResponse().getHeaders(),
        limiter.standing(key, LimitKind.REQUESTS),
        limiter.standing(key, LimitKind.TOKENS));
    if (admission instanceof Exceeded exceeded) {
      counters.count(AccessCounters.Refusal.LIMIT);
      return Mono.error(Refusals.limit(exceeded, claim));
    }
    return Mono.empty();
  }
}

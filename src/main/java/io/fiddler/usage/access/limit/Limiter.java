package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.limit.Admission.Exceeded;
import io.fiddler.usage.access.limit.Admission.Granted;
import io.fiddler.usage.access.limit.Admission.Stake;
import io.fiddler.usage.access.limit.LeasedLimit.Spent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Holds keys to their limits. Any thread. The methods that begin with `try` never block and are
/// empty if the pool has to be asked, which the others do.
public final class Limiter {
  /// What is exceeded when too many requests run at once.
  public static final String CONCURRENT = "concurrent";

  private static final Duration RETRY_CONCURRENT = Duration.ofSeconds(1);

  private final LimitPool pool;
  private final PermitPool permits;
  private final InstantSource clock;
  private final Duration lease;
  private final Map<String, KeyState> states = new ConcurrentHashMap<>();

  /// @param pool of units
  /// @param permits of requests at once
  /// @param lease for how long units are taken in advance
  public Limiter(LimitPool pool, PermitPool permits, InstantSource clock, Duration lease) {
    this.pool = pool;
    this.permits = new SparingPermits(permits, clock);
    this.clock = clock;
    this.lease = lease;
  }

  /// Begins a request: one of those at once, one of the minute.
  public Optional<Admission> tryAdmit(ApiKey key) {
    return with(key, state -> admit(state, key.settings().limits(), false));
  }

  /// The same. Blocking.
  public Admission admit(ApiKey key) {
    return with(key, state -> admit(state, key.settings().limits(), true)).orElseThrow();
  }

  private static Optional<Admission> admit(KeyState state, KeyLimits limits, boolean ask) {
    Long atOnce = limits.concurrentRequests();
    if (atOnce != null) {
      Optional<Boolean> permit =
          ask ? Optional.of(state.permits().take(atOnce)) : state.permits().tryTake(atOnce);
      if (permit.isEmpty()) {
        return Optional.empty();
      }
      if (!permit.get()) {
        return Optional.of(new Exceeded(CONCURRENT, atOnce, 1, RETRY_CONCURRENT));
      }
    }
    boolean granted = false;
    try {
      Optional<Spent> spent = state.spend(LimitKind.REQUESTS, limits, 1, ask);
      granted = spent.isPresent() && !(spent.get() instanceof Spent.Refused);
      return granted
          ? Optional.of(new Granted(new Stake(atOnce != null, 1, null, null)))
          : spent.map(refused -> exceeded(LimitKind.REQUESTS, limits, 1, refused));
    } finally {
      if (atOnce != null && !granted) {
        state.permits().release();
      }
    }
  }

  /// Ends a request that was admitted; to be called once.
  public void release(ApiKey key, Stake stake) {
    if (stake.permit()) {
      use(key, state -> state.permits().release());
    }
  }

  /// Sets tokens aside, of the minute and of the month.
  public Optional<Admission> tryReserve(ApiKey key, long tokens) {
    return with(key, state -> reserve(state, key.settings().limits(), tokens, false));
  }

  /// The same. Blocking.
  public Admission reserve(ApiKey key, long tokens) {
    return with(key, state -> reserve(state, key.settings().limits(), tokens, true)).orElseThrow();
  }

  private static Optional<Admission> reserve(
      KeyState state, KeyLimits limits, long tokens, boolean ask) {
    Optional<Spent> minute = state.spend(LimitKind.TOKENS, limits, tokens, ask);
    if (minute.isEmpty() || minute.get() instanceof Spent.Refused) {
      return minute.map(refused -> exceeded(LimitKind.TOKENS, limits, tokens, refused));
    }
    Optional<Spent> month = state.spend(LimitKind.MONTH, limits, tokens, ask);
    if (month.isPresent() && !(month.get() instanceof Spent.Refused)) {
      return Optional.of(
          new Granted(new Stake(false, tokens, units(minute.get()), units(month.get()))));
    }
    Spent.Units taken = units(minute.get());
    if (taken != null) {
      state.of(LimitKind.TOKENS).settle(taken, tokens);
    }
    return month.map(refused -> exceeded(LimitKind.MONTH, limits, tokens, refused));
  }

  /// Says how many of the tokens set aside were used; to be called once. Never blocks.
  public void settle(ApiKey key, Stake stake, long used) {
    use(
        key,
        state -> {
          if (stake.tokens() != null) {
            state.of(LimitKind.TOKENS).settle(stake.tokens(), stake.asked() - used);
          }
          if (stake.month() != null) {
            state.of(LimitKind.MONTH).settle(stake.month(), stake.asked() - used);
          }
        });
  }

  /// How a limit of a key stands; empty if it has none.
  public Optional<Standing> standing(ApiKey key, LimitKind kind) {
    Long limit = kind.of(key.settings().limits());
    return limit == null
        ? Optional.empty()
        : Optional.of(with(key, state -> state.of(kind).standing(limit)));
  }

  /// Gives back what is not used, renews what is, and forgets keys of which nothing is here: to be
  /// called every lease. Blocking.
  public void renew() {
    giveBack(false);
    states
        .keySet()
        .forEach(id -> states.computeIfPresent(id, (_, state) -> state.isIdle() ? null : state));
  }

  /// Gives back all that is not used: when nobody comes any more. Blocking.
  public void giveBack() {
    giveBack(true);
  }

  /// Keys of which something is here.
  int size() {
    return states.size();
  }

  private void giveBack(boolean early) {
    for (KeyState state : states.values()) {
      try {
        state.giveBack(early);
      } catch (StoreUnavailableException e) {
        return; // What is not given back now is so the next time, if there is one.
      }
    }
  }

  private void use(ApiKey key, Consumer<KeyState> action) {
    with(
        key,
        state -> {
          action.accept(state);
          return state;
        });
  }

  /// Does something with a key's state, which is not forgotten meanwhile.
  private <T> T with(ApiKey key, Function<KeyState, T> action) {
    KeyState state =
        states.compute(
            key.id(),
            (id, known) -> {
              KeyState found = known == null ? keyState(id) : known;
              found.taken();
              return found;
            });
    try {
      return action.apply(state);
    } finally {
      state.left();
    }
  }

  private KeyState keyState(String keyId) {
    return new KeyState(
        new Permits(keyId, permits, clock),
        kind -> new LeasedLimit(keyId, kind, pool, clock, lease));
  }

  private static Spent.@Nullable Units units(Spent spent) {
    return spent instanceof Spent.Units units && units.units() > 0 ? units : null;
  }

  private static Admission exceeded(LimitKind kind, KeyLimits limits, long asked, Spent spent) {
    Long limit = kind.of(limits);
    return new Exceeded(
        kind.text(),
        limit == null ? 0 : limit,
        asked,
        spent instanceof Spent.Refused(Duration retryAfter) ? retryAfter : Duration.ZERO);
  }
}

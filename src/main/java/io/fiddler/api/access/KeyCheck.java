package io.fiddler.api.access;

import io.fiddler.usage.access.AccessCounters;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyDigest;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.KeyRing;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.KeyVerdict;
import io.fiddler.usage.access.KeyVerdict.Reason;
import io.fiddler.usage.access.Scope;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.Authentication;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Tells whose a key is: the administrator's from the settings, which needs no database, or one
/// that the database has. Whatever has to ask that does so on threads of its own.
final class KeyCheck implements ReactiveAuthenticationManager {
  /// The name and id of the key from the settings.
  static final String ADMIN = "admin";

  private final KeyDigest adminKey;
  private final ApiKey admin;
  private final @Nullable KeyRing ring;
  private final Scheduler lookups;
  private final AccessCounters counters;

  /// @param adminKey text of the key from the settings
  /// @param ring knows all others; null if there are none
  /// @param lookups where the database is asked
  KeyCheck(String adminKey, @Nullable KeyRing ring, Scheduler lookups, AccessCounters counters) {
    this.adminKey = KeyDigest.of(adminKey);
    this.admin =
        new ApiKey(
            ADMIN,
            new KeySettings(
                ADMIN, "default", EnumSet.allOf(Scope.class), KeyLimits.NONE, 0, null, null),
            false,
            Instant.EPOCH,
            null);
    this.ring = ring;
    this.lookups = lookups;
    this.counters = counters;
  }

  @Override
  public Mono<Authentication> authenticate(Authentication shown) {
    return shown instanceof ShownKey key ? check(key.getCredentials()) : Mono.empty();
  }

  private Mono<Authentication> check(String text) {
    if (adminKey.equals(KeyDigest.of(text))) {
      return Mono.just(new KeyAuthentication(admin));
    }
    KeyRing known = ring;
    if (known == null) {
      return judged(new KeyVerdict.Refused(Reason.UNKNOWN));
    }
    Optional<KeyVerdict> recalled = known.recall(text);
    return recalled.isPresent()
        ? judged(recalled.get())
        : Mono.fromCallable(() -> known.verify(text))
            .subscribeOn(lookups)
            .onErrorMap(RejectedExecutionException.class, _ -> Refusals.busy())
            .flatMap(this::judged);
  }

  private Mono<Authentication> judged(KeyVerdict verdict) {
    return switch (verdict) {
      case KeyVerdict.Known(ApiKey key) -> Mono.just(new KeyAuthentication(key));
      case KeyVerdict.Refused(Reason reason) -> {
        counters.count(AccessCounters.Refusal.KEY);
        yield Mono.error(Refusals.badKey(reason));
      }
      case KeyVerdict.Unavailable _ -> {
        counters.count(AccessCounters.Refusal.UNKNOWABLE);
        yield Mono.error(Refusals.unknowable());
      }
    };
  }
}

package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The permits of all replicas, whose database is left alone for a while when it did not answer, so
/// that not each request of each key waits for it.
final class SparingPermits implements PermitPool {
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final PermitPool shared;
  private final InstantSource clock;
  private volatile Instant aloneUntil = Instant.MIN;

  SparingPermits(PermitPool shared, InstantSource clock) {
    this.shared = shared;
    this.clock = clock;
  }

  @Override
  public long lease(String keyId, long wanted, long most, Duration until) {
    if (clock.instant().isBefore(aloneUntil)) {
      throw new StoreUnavailableException("the database did not answer a moment ago", null);
    }
    try {
      return shared.lease(keyId, wanted, most, until);
    } catch (StoreUnavailableException e) {
      aloneUntil = clock.instant().plus(RETRY);
      throw e;
    }
  }
}

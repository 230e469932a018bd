package io.fiddler.usage.access.limit;

import java.time.Duration;
import java.time.InstantSource;

/// The permits of all replicas, whose database is left alone for a while when it did not answer, so
/// that not each request of each key waits for it.
final class SparingPermits implements PermitPool {
  private final PermitPool shared;
  private final SparedStore store;

  SparingPermits(PermitPool shared, InstantSource clock) {
    this.shared = shared;
    this.store = new SparedStore(clock);
  }

  @Override
  public long lease(String keyId, long wanted, long most, Duration until) {
    return store.ask(() -> shared.lease(keyId, wanted, most, until));
  }
}

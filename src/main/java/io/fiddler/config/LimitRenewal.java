package io.fiddler.config;

import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.limit.EnduringPool;
import io.fiddler.usage.access.limit.Limiter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives back, every lease, what this replica has taken of keys' limits and not used, and all of it
/// when the service stops.
final class LimitRenewal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LimitRenewal.class);

  private final Limiter limiter;
  private final EnduringPool pool;
  private final Duration lease;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private LimitRenewal(Limiter limiter, EnduringPool pool, Duration lease) {
    this.limiter = limiter;
    this.pool = pool;
    this.lease = lease;
    this.thread = Thread.ofPlatform().name("key-limits").daemon().unstarted(this::run);
  }

  /// @param pool from which the limiter takes
  static LimitRenewal start(Limiter limiter, EnduringPool pool, Duration lease) {
    LimitRenewal renewal = new LimitRenewal(limiter, pool, lease);
    renewal.thread.start();
    return renewal;
  }

  private void run() {
    try {
      while (!closed.await(lease.toMillis(), TimeUnit.MILLISECONDS)) {
        renew();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void renew() {
    try {
      limiter.renew();
    } catch (RuntimeException e) {
      LOG.error("Limits of keys could not be given back or renewed", e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      limiter.giveBack();
      pool.settle();
    } catch (StoreUnavailableException e) {
      LOG.warn("What was used of keys' months was not all told: {}", e.getMessage());
    }
  }
}

package io.fiddler.usage.access.limit;

import static io.fiddler.usage.access.limit.LimiterSimulationTest.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.limit.Admission.Exceeded;
import io.fiddler.usage.access.limit.Admission.Granted;
import io.fiddler.usage.access.limit.Admission.Stake;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Whoever is over his limit is told so without asking the pool each time.
final class LimiterRefusalTest {
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final int TRIES = 50;

  private final TestClock clock = new TestClock();
  private final CountedPool pool = new CountedPool(clock);
  private long others;
  private int leases;
  private boolean down;
  private final Limiter limiter =
      new Limiter(
          pool,
          (_, wanted, most, _) -> {
            leases++;
            if (down) {
              throw new StoreUnavailableException("the database does not answer", null);
            }
            return Math.min(wanted, Math.max(0, most - others));
          },
          clock,
          LEASE);

  @Test
  void refusedRequests_askThePoolOnceALease() {
    ApiKey key = key("one", new KeyLimits(2L, null, null, null));
    limiter.admit(key);
    limiter.admit(key);
    int before = pool.claims();
    for (int i = 0; i < TRIES; i++) {
      assertThat(exceeded(limiter.admit(key)).retryAfter())
          .isEqualTo(Duration.ofSeconds(61).minusMillis(20L * i));
      assertThat(limiter.tryAdmit(key)).as("told without waiting").isPresent();
      clock.pass(Duration.ofMillis(20));
    }
    assertThat(pool.claims()).isEqualTo(before + 1);
    clock.pass(LEASE);
    assertThat(limiter.tryAdmit(key)).isEmpty();
    assertThat(limiter.admit(key)).isInstanceOf(Exceeded.class);
    assertThat(pool.claims()).isEqualTo(before + 2);
  }

  @Test
  void refusedTokens_askThePoolOnceALease_ofTheMinuteAndOfTheMonth() {
    for (KeyLimits limits :
        new KeyLimits[] {
          new KeyLimits(null, 100L, null, null), new KeyLimits(null, null, null, 100L)
        }) {
      ApiKey key = key(limits.monthlyTokens() == null ? "minute" : "month", limits);
      limiter.reserve(key, 80);
      int before = pool.claims();
      for (int i = 0; i < TRIES; i++) {
        assertThat(limiter.reserve(key, 21 + i)).isInstanceOf(Exceeded.class);
      }
      assertThat(pool.claims()).isEqualTo(before + 1);
      assertThat(limiter.reserve(key, 20)).as("fewer are left").isInstanceOf(Granted.class);
    }
  }

  @Test
  void settledTokens_areUsableAtOnce() {
    ApiKey key = key("one", new KeyLimits(null, 100L, null, null));
    Stake stake = stake(limiter.reserve(key, 80));
    assertThat(limiter.reserve(key, 50)).isInstanceOf(Exceeded.class);

    limiter.settle(key, stake, 10);

    assertThat(limiter.reserve(key, 90)).isInstanceOf(Granted.class);
  }

  @Test
  void raisedLimit_countsAtOnce() {
    limiter.admit(key("one", new KeyLimits(1L, null, null, null)));
    assertThat(limiter.admit(key("one", new KeyLimits(1L, null, null, null))))
        .isInstanceOf(Exceeded.class);
    assertThat(limiter.admit(key("one", new KeyLimits(2L, null, null, null))))
        .isInstanceOf(Granted.class);
  }

  @Test
  void refusedPermits_askThePoolOnceInAWhile() {
    ApiKey key = key("one", new KeyLimits(null, null, 2L, null));
    others = 1;
    Stake stake = stake(limiter.admit(key));
    int before = leases;
    for (int i = 0; i < TRIES; i++) {
      assertThat(limiter.admit(key)).isInstanceOf(Exceeded.class);
      assertThat(limiter.tryAdmit(key)).as("told without waiting").isPresent();
      clock.pass(Duration.ofMillis(1));
    }
    assertThat(leases).isEqualTo(before + 1);
    limiter.release(key, stake);
    assertThat(limiter.admit(key)).as("what was released is free").isInstanceOf(Granted.class);
    others = 0;
    clock.pass(Duration.ofMillis(100));
    assertThat(limiter.admit(key)).as("so is what others released").isInstanceOf(Granted.class);
  }

  @Test
  void requestsAtOnce_areRefusedWithoutThePool_whenAllOfThemRunHere() {
    ApiKey key = key("one", new KeyLimits(null, null, 1L, null));
    limiter.admit(key);
    int before = leases;
    assertThat(limiter.tryAdmit(key)).containsInstanceOf(Exceeded.class);
    assertThat(leases).isEqualTo(before);
  }

  @Test
  void permits_areHeldAlone_withoutWaitingForADatabaseThatIsDown() {
    down = true;
    for (int i = 0; i < TRIES; i++) {
      ApiKey key = key("key-" + i, new KeyLimits(null, null, 1L, null));
      assertThat(limiter.admit(key)).isInstanceOf(Granted.class);
      assertThat(limiter.admit(key)).isInstanceOf(Exceeded.class);
    }
    assertThat(leases).isEqualTo(1);
    clock.pass(Duration.ofSeconds(5));
    limiter.admit(key("another", new KeyLimits(null, null, 1L, null)));
    assertThat(leases).isEqualTo(2);
  }

  @Test
  void leasedUnits_doNotStopRequests_whenTheyCannotBeGivenBack() {
    Limiter enduring =
        new Limiter(new EnduringPool(pool, clock), (_, wanted, _, _) -> wanted, clock, LEASE);
    ApiKey key = key("one", new KeyLimits(null, 100L, null, null));
    enduring.settle(key, stake(enduring.reserve(key, 80)), 10);
    pool.down(true);

    assertThat(enduring.reserve(key, 90)).as("alone").isInstanceOf(Granted.class);

    pool.down(false);
    clock.pass(Duration.ofSeconds(5));
    enduring.renew();
    assertThat(stake(enduring.reserve(key, 90)).tokens()).as("70 were given back").isNotNull();
  }

  private static Stake stake(Admission admission) {
    assertThat(admission).isInstanceOf(Granted.class);
    return ((Granted) admission).stake();
  }

  private static Exceeded exceeded(Admission admission) {
    assertThat(admission).isInstanceOf(Exceeded.class);
    return (Exceeded) admission;
  }
}

package io.fiddler.usage.access.limit;

import static io.fiddler.usage.access.limit.LimiterSimulationTest.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.limit.Admission.Exceeded;
import io.fiddler.usage.access.limit.Admission.Granted;
import io.fiddler.usage.access.limit.Admission.Stake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What a limiter keeps of keys, and what it forgets.
final class LimiterStatesTest {
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final TestClock clock = new TestClock();
  private final CountedPool pool = new CountedPool(clock);
  private final AtomicLong permits = new AtomicLong();
  private final Limiter limiter =
      new Limiter(
          pool,
          (_, wanted, most, _) -> {
            permits.set(Math.min(wanted, most));
            return permits.get();
          },
          clock,
          LEASE);

  @Test
  void idleKeys_areForgotten_andBusyOnesAreNot() {
    KeyLimits limits = new KeyLimits(60L, 1_000L, 2L, 10_000L);
    ApiKey busy = key("busy", limits);
    Stake running = stake(limiter.admit(busy));
    Stake tokens = stake(limiter.reserve(busy, 100));
    for (int i = 0; i < 100; i++) {
      ApiKey key = key("key-" + i, limits);
      Stake stake = stake(limiter.admit(key));
      limiter.settle(key, stake(limiter.reserve(key, 10)), 5);
      limiter.release(key, stake);
    }
    limiter.renew();
    assertThat(limiter.size()).as("their minute is known").isEqualTo(101);
    clock.pass(Duration.ofSeconds(62));
    limiter.renew();
    assertThat(limiter.size()).isEqualTo(1);

    limiter.settle(busy, tokens, 40);
    limiter.release(busy, running);
    limiter.renew();

    assertThat(limiter.size()).isZero();
    assertThat(permits).hasValue(0);
    assertThat(pool.takenOfMonths() + pool.toldOfMonths())
        .as("all but what was used came back")
        .isEqualTo(100 * 5 + 40);
  }

  @Test
  void stakes_areNotLost_whenTheirKeyIsForgottenMeanwhile() {
    ApiKey key = key("one", new KeyLimits(null, null, null, 1_000L));
    Stake stake = stake(limiter.reserve(key, 1_000));
    clock.pass(LEASE);
    limiter.renew();
    assertThat(limiter.size()).isZero();
    assertThat(limiter.reserve(key, 1)).isInstanceOf(Exceeded.class);

    limiter.settle(key, stake, 100);

    assertThat(limiter.reserve(key, 900)).isInstanceOf(Granted.class);
  }

  @Test
  void permits_areAllReturned_whenKeysAreForgottenAllTheTime() throws InterruptedException {
    ApiKey key = key("one", new KeyLimits(null, null, 4L, null));
    AtomicBoolean ended = new AtomicBoolean();
    Thread renewal =
        Thread.ofPlatform()
            .start(() -> {
              while (!ended.get()) {
                limiter.renew();
              }
            });
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(Thread.ofPlatform().start(() -> use(key)));
    }
    for (Thread client : clients) {
      client.join();
    }
    ended.set(true);
    renewal.join();
    limiter.renew();
    assertThat(limiter.size()).isZero();
    assertThat(permits).hasValue(0);
  }

  private void use(ApiKey key) {
    for (int i = 0; i < 2_000; i++) {
      if (limiter.admit(key) instanceof Granted(Stake stake)) {
        limiter.release(key, stake);
      }
    }
  }

  @Test
  void allOfALease_isGivenBack_whenNobodyComesAnyMore() {
    ApiKey key = key("one", new KeyLimits(null, null, null, 1_000_000L));
    for (int i = 0; i < 5; i++) {
      limiter.reserve(key, 100);
    }

    limiter.giveBack();

    assertThat(pool.takenOfMonths() + pool.toldOfMonths()).isEqualTo(500);
  }

  @Test
  void standing_isFull_whereNothingWasAskedFor() {
    ApiKey key = key("one", new KeyLimits(null, 100L, null, null));
    assertThat(limiter.standing(key, LimitKind.TOKENS))
        .hasValue(new Standing(100, 100, Duration.ZERO));
    limiter.reserve(key, 40);
    assertThat(limiter.standing(key, LimitKind.TOKENS).orElseThrow().remaining()).isEqualTo(60);
    clock.pass(Duration.ofSeconds(61));
    assertThat(limiter.standing(key, LimitKind.TOKENS).orElseThrow().remaining()).isEqualTo(100);
  }

  private static Stake stake(Admission admission) {
    assertThat(admission).isInstanceOf(Granted.class);
    return ((Granted) admission).stake();
  }
}

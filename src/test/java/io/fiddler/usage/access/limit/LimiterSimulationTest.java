package io.fiddler.usage.access.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.Scope;
import io.fiddler.usage.access.limit.Admission.Exceeded;
import io.fiddler.usage.access.limit.Admission.Granted;
import io.fiddler.usage.access.limit.Admission.Stake;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Replicas that share a key's limits, under traffic of every shape, step by step.
final class LimiterSimulationTest {
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final TestClock clock = new TestClock();

  @Test
  void noMinute_holdsMoreRequestsThanTheLimitAndALeaseOfEachReplica() {
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long limit = random.nextInt(1, 400);
      int replicas = random.nextInt(1, 5);
      List<Limiter> limiters = limiters(replicas);
      ApiKey key = key("seed-" + seed, new KeyLimits(limit, null, null, null));
      List<Instant> admitted = new ArrayList<>();
      int refused = 0;
      for (int i = 0; i < 4_000; i++) {
        clock.pass(Duration.ofMillis(random.nextInt(0, 120)));
        Limiter limiter = limiters.get(random.nextInt(replicas));
        if (random.nextInt(20) == 0) {
          limiters.forEach(Limiter::renew);
        }
        if (limiter.admit(key) instanceof Granted) {
          admitted.add(clock.instant());
        } else {
          refused++;
        }
      }
      long lease = Math.max(1, limit * LEASE.toMillis() / 60_000);
      assertThat(mostInAMinute(admitted))
          .as("seed %d, limit %d, %d replicas", seed, limit, replicas)
          .isLessThanOrEqualTo(limit + replicas * lease);
      // Nor much less, where there is more to do than the limit lets through.
      if (refused > 0) {
        assertThat(mostInAMinute(admitted))
            .as("seed %d", seed)
            .isGreaterThanOrEqualTo(limit - replicas * lease);
      }
    }
  }

  @Test
  void tokensSetAside_comeBack_andWhatIsUsedKeepsTheLimit() {
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long limit = random.nextInt(500, 20_000);
      int replicas = random.nextInt(1, 4);
      List<Limiter> limiters = limiters(replicas);
      ApiKey key = key("seed-" + seed, new KeyLimits(null, limit, null, null));
      Map<Instant, Long> used = new HashMap<>();
      for (int i = 0; i < 2_000; i++) {
        clock.pass(Duration.ofMillis(random.nextInt(0, 200)));
        Limiter limiter = limiters.get(random.nextInt(replicas));
        long asked = random.nextInt(1, 400);
        if (limiter.reserve(key, asked) instanceof Granted(Stake stake)) {
          long tokens = random.nextLong(asked + 1);
          used.merge(clock.instant(), tokens, Long::sum);
          limiter.settle(key, stake, tokens);
        }
        limiter.renew();
      }
      long lease = Math.max(400, limit * LEASE.toMillis() / 60_000);
      assertThat(mostInAMinute(used))
          .as("seed %d, limit %d, %d replicas", seed, limit, replicas)
          .isLessThanOrEqualTo(limit + replicas * lease);
    }
  }

  @Test
  void requestsAtOnce_areNeverMoreThanTheLimit_overAllReplicas() {
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long limit = random.nextInt(1, 12);
      List<Limiter> limiters = limiters(3);
      ApiKey key = key("seed-" + seed, new KeyLimits(null, null, limit, null));
      List<Map.Entry<Limiter, Stake>> running = new ArrayList<>();
      long most = 0;
      for (int i = 0; i < 3_000; i++) {
        clock.pass(Duration.ofMillis(random.nextInt(0, 500)));
        if (i % 3 == 0) {
          limiters.forEach(Limiter::renew);
        }
        if (random.nextInt(100) < 55) {
          Limiter limiter = limiters.get(random.nextInt(3));
          if (limiter.admit(key) instanceof Granted(Stake stake)) {
            running.add(Map.entry(limiter, stake));
          }
        } else if (!running.isEmpty()) {
          Map.Entry<Limiter, Stake> ended = running.remove(random.nextInt(running.size()));
          ended.getKey().release(key, ended.getValue());
        }
        most = Math.max(most, running.size());
        assertThat(running.size()).as("seed %d", seed).isLessThanOrEqualTo((int) limit);
      }
      assertThat(most).as("seed %d", seed).isEqualTo(limit);
    }
  }

  @Test
  void retryAfter_isWhenItMayBeTriedAgain() {
    ApiKey key = key("one", new KeyLimits(2L, null, null, null));
    Limiter limiter = limiters(1).getFirst();
    limiter.admit(key);
    clock.pass(Duration.ofSeconds(20));
    limiter.admit(key);
    clock.pass(Duration.ofSeconds(20));

    Duration wait = exceeded(limiter.admit(key)).retryAfter();

    assertThat(wait).isEqualTo(Duration.ofSeconds(21));
    clock.pass(wait.minusMillis(1));
    assertThat(limiter.admit(key)).isInstanceOf(Exceeded.class);
    clock.pass(Duration.ofMillis(1));
    assertThat(limiter.admit(key)).isInstanceOf(Granted.class);
  }

  @Test
  void month_endsAtItsQuota_andBeginsAnew() {
    ApiKey key = key("one", new KeyLimits(null, null, null, 1_000L));
    Limiter limiter = limiters(1).getFirst();
    assertThat(limiter.reserve(key, 900)).isInstanceOf(Granted.class);
    Exceeded exceeded = exceeded(limiter.reserve(key, 200));
    assertThat(exceeded.what()).isEqualTo("month");
    clock.pass(exceeded.retryAfter());
    assertThat(limiter.reserve(key, 200)).isInstanceOf(Granted.class);
  }

  private static Exceeded exceeded(Admission admission) {
    assertThat(admission).isInstanceOf(Exceeded.class);
    return (Exceeded) admission;
  }

  /// Replicas over one pool of each kind.
  private List<Limiter> limiters(int replicas) {
    LimitPool pool = new LonePool(clock);
    Map<String, Long> permits = new HashMap<>();
    List<Limiter> limiters = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      String replica = "replica-" + i;
      limiters.add(
          new Limiter(
              pool,
              (_, wanted, most, _) -> {
                permits.remove(replica);
                long others = permits.values().stream().mapToLong(Long::longValue).sum();
                long granted = Math.min(wanted, Math.max(0, most - others));
                permits.put(replica, granted);
                return granted;
              },
              clock,
              LEASE));
    }
    return limiters;
  }

  static ApiKey key(String id, KeyLimits limits) {
    return new ApiKey(
        id,
        new KeySettings(id, "default", EnumSet.of(Scope.INFERENCE), limits, 0, null, null),
        false,
        Instant.EPOCH,
        null);
  }

  private static long mostInAMinute(List<Instant> moments) {
    Map<Instant, Long> each = new HashMap<>();
    moments.forEach(moment -> each.merge(moment, 1L, Long::sum));
    return mostInAMinute(each);
  }

  private static long mostInAMinute(Map<Instant, Long> units) {
    List<Instant> moments = units.keySet().stream().sorted().toList();
    long most = 0;
    long sum = 0;
    int first = 0;
    for (Instant moment : moments) {
      sum += units.getOrDefault(moment, 0L);
      while (!moments.get(first).plusSeconds(60).isAfter(moment)) {
        sum -= units.getOrDefault(moments.get(first), 0L);
        first++;
      }
      most = Math.max(most, sum);
    }
    return most;
  }
}

package io.fiddler.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Every key gets its turns while there are deadlines, whatever the priorities. A step takes a
/// second; ageing and time-out are the service's defaults.
class StarvationTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long TIMEOUT = 1_800 * SECOND;
  private static final long PATIENCE = TIMEOUT / 4;

  private final Map<String, Integer> ended = new HashMap<>();
  private final Map<String, Integer> timedOut = new HashMap<>();
  private final Map<String, Long> lastTurn = new HashMap<>();
  private final List<SequenceGroup> here = new ArrayList<>();
  private long now;

  private static Scheduler scheduler(int blocks, int maxRunning) {
    return new Scheduler(
        new BlockPool(blocks, 4),
        MoreBlocks.NONE,
        new SchedulerOptions(maxRunning, 16, 16, 30 * SECOND, PATIENCE));
  }

  private SequenceGroup submit(Scheduler scheduler, String key, int priority, int tokens) {
    Standing standing = new Standing(key, priority, now, now + TIMEOUT);
    SequenceGroup group = new SequenceGroup(new int[1], tokens, standing);
    scheduler.submit(group);
    here.add(group);
    return group;
  }

  /// Ends what is over or given up, and computes a step.
  ///
  /// @param nanosPerRow the CPU's time for a row of each key
  private void step(
      Scheduler scheduler, Predicate<SequenceGroup> givenUp, Map<String, Long> nanosPerRow) {
    for (SequenceGroup late : scheduler.expired(now)) {
      timedOut.merge(late.standing().key(), 1, Integer::sum);
      end(scheduler, late);
    }
    here.stream().filter(givenUp).toList().forEach(group -> end(scheduler, group));
    Batch batch = scheduler.next(now);
    now += SECOND;
    long[] nanos = new long[batch.chunks().size()];
    for (int i = 0; i < nanos.length; i++) {
      SequenceGroup group = batch.chunks().get(i).sequence().group();
      nanos[i] = nanosPerRow.getOrDefault(group.standing().key(), 0L);
    }
    scheduler.done(batch, nanos);
    for (Chunk chunk : batch.chunks()) {
      SequenceGroup group = chunk.sequence().group();
      if (chunk.from() == 0) {
        lastTurn.put(group.standing().key(), now);
      }
      if (group.isReady()) {
        if (chunk.sequence().length() == group.maxPositions()) {
          ended.merge(group.standing().key(), 1, Integer::sum);
          end(scheduler, group);
        } else {
          group.proceed(1);
        }
      }
    }
  }

  private void step(Scheduler scheduler) {
    step(scheduler, _ -> false, Map.of());
  }

  private void end(Scheduler scheduler, SequenceGroup group) {
    scheduler.remove(group);
    here.remove(group);
  }

  private long waiting(String key) {
    return here.stream()
        .filter(group -> group.standing().key().equals(key))
        .filter(group -> group.members().getFirst().computed() == 0)
        .count();
  }

  private void keepBusy(Scheduler scheduler, String key, int priority, int tokens) {
    while (waiting(key) < 3) {
      submit(scheduler, key, priority, tokens);
    }
  }

  /// Clients of the low key wait for a minute each, and ask again ten seconds later: the key goes
  /// on waiting where the last one gave up.
  @Test
  void lowKey_getsTurns_whenEachOfItsRequestsIsGivenUpEarly() {
    Scheduler scheduler = scheduler(1_000, 1);
    while (now < 3 * TIMEOUT) {
      keepBusy(scheduler, "high", 100, 5);
      if (waiting("low") == 0 && now / SECOND % 70 == 0) {
        submit(scheduler, "low", 0, 5);
      }
      step(
          scheduler,
          group ->
              group.standing().key().equals("low")
                  && group.members().getFirst().computed() == 0
                  && now - group.standing().arrivedNanos() >= 60 * SECOND,
          Map.of());
    }
    assertThat(ended.get("low")).isGreaterThanOrEqualTo(7);
  }

  @Test
  void lowKey_endsBeforeItsDeadline_behindASaturatingKeyOfTheHighestPriority() {
    Scheduler scheduler = scheduler(1_000, 1);
    while (now < 3 * TIMEOUT) {
      keepBusy(scheduler, "high", 100, 5);
      if (waiting("low") == 0) {
        submit(scheduler, "low", 0, 5);
      }
      step(scheduler);
    }
    assertThat(timedOut).doesNotContainKey("low");
    assertThat(ended.get("low")).as("a turn each quarter").isBetween(10, 12);
  }

  /// Both run, and the cache holds one of them.
  @Test
  void oldRequest_isNotSetBack_forAnUrgentOneThatCameLaterThanThePatience() {
    Scheduler scheduler = scheduler(10, 2);
    SequenceGroup low = submit(scheduler, "low", 0, 40);
    step(scheduler);
    now += PATIENCE;
    SequenceGroup high = submit(scheduler, "high", 100, 40);
    while (here.contains(low)) {
      step(scheduler);
    }
    assertThat(scheduler.setBacks()).isPositive();
    assertThat(here).containsExactly(high);
  }

  /// The cache holds fewer than run, so that some are set back all the time.
  @Test
  void lowKey_endsBeforeItsDeadline_whenUrgentOnesSetItBack() {
    Scheduler scheduler = scheduler(60, 4);
    while (now < 3 * TIMEOUT) {
      keepBusy(scheduler, "high", 100, 90);
      keepBusy(scheduler, "higher", 90, 70);
      if (here.stream().noneMatch(group -> group.standing().key().equals("low"))) {
        submit(scheduler, "low", 0, 200);
      }
      step(scheduler);
    }
    assertThat(scheduler.setBacks()).isGreaterThan(20);
    assertThat(timedOut).doesNotContainKey("low");
    assertThat(ended.get("low")).isGreaterThanOrEqualTo(5);
  }

  /// A key that has used much of the CPU, before others come that use nothing of it.
  @Test
  void dearKey_endsBeforeItsDeadline_whenTheOthersUseNothing() {
    Scheduler scheduler = scheduler(1_000, 1);
    keepBusy(scheduler, "cheap", 0, 5);
    SequenceGroup dear = submit(scheduler, "dear", 0, 5);
    while (here.contains(dear)) {
      step(scheduler, _ -> false, Map.of("dear", 100 * SECOND));
    }
    submit(scheduler, "dear", 0, 5);
    while (now < 2 * TIMEOUT) {
      keepBusy(scheduler, "cheap", 0, 5);
      step(scheduler);
    }
    assertThat(timedOut).isEmpty();
    assertThat(ended.get("dear")).isEqualTo(2);
  }

  /// Random keys of all priorities that always ask for more: whoever has waited for the patience is
  /// passed by each other key once at most, and no key's first request is ended by its deadline.
  @Test
  void simulation_everyKeyGetsTurns_whateverThePriorities() {
    for (long seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      now = 0;
      here.clear();
      Scheduler scheduler = scheduler(1_000, 1 + random.nextInt(3));
      Map<String, Integer> priorities = new HashMap<>();
      int keys = 2 + random.nextInt(8);
      for (int key = 0; key < keys; key++) {
        priorities.put("key-" + key, random.nextInt(-100, 101));
      }
      lastTurn.clear();
      long longest = 15 * SECOND;
      while (now < 2 * TIMEOUT) {
        priorities.forEach((key, priority) -> {
          while (waiting(key) < 2) {
            submit(scheduler, key, priority, 1 + random.nextInt(15));
          }
        });
        step(scheduler, _ -> false, Map.of("key-0", SECOND, "key-1", SECOND / 10));
        for (String key : priorities.keySet()) {
          long without = now - lastTurn.getOrDefault(key, 0L);
          if (without > PATIENCE + keys * longest) {
            fail("seed %d: %s of %s without a turn for %d ns", seed, key, priorities, without);
          }
        }
      }
      assertThat(timedOut).as("seed %d", seed).isEmpty();
    }
  }
}

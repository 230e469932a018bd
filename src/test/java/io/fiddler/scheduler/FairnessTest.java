package io.fiddler.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Who goes next, between keys and priorities. A step takes a second.
class FairnessTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long AGEING = 30 * SECOND;

  private final Scheduler scheduler =
      new Scheduler(
          new BlockPool(1_000, 4), MoreBlocks.NONE, new SchedulerOptions(1, 8, 8, AGEING));
  private long now;

  private SequenceGroup submit(String key, int priority, int tokens) {
    SequenceGroup group =
        new SequenceGroup(new int[1], tokens, new Standing(key, priority, now, Long.MAX_VALUE));
    scheduler.submit(group);
    return group;
  }

  /// Runs whoever is next to its end.
  ///
  /// @param nanosPerRow the CPU's time for a row of each key
  private SequenceGroup runNext(Map<String, Long> nanosPerRow) {
    while (true) {
      Batch batch = scheduler.next(now);
      now += SECOND;
      long[] nanos = new long[batch.chunks().size()];
      for (int i = 0; i < nanos.length; i++) {
        Chunk chunk = batch.chunks().get(i);
        nanos[i] =
            chunk.count() * nanosPerRow.getOrDefault(chunk.sequence().group().standing().key(), 0L);
      }
      scheduler.done(batch, nanos);
      SequenceGroup group = batch.chunks().getFirst().sequence().group();
      Sequence only = group.members().getFirst();
      if (only.length() == group.maxPositions()) {
        scheduler.remove(group);
        return group;
      }
      group.proceed(1);
    }
  }

  private Map<String, Integer> turns(int count, Map<String, Long> nanosPerRow) {
    Map<String, Integer> turns = new HashMap<>();
    for (int i = 0; i < count; i++) {
      turns.merge(runNext(nanosPerRow).standing().key(), 1, Integer::sum);
    }
    return turns;
  }

  @Test
  void keys_getEqualTime_notEqualRequests() {
    for (int i = 0; i < 400; i++) {
      submit("cheap", 0, 1);
      submit("dear", 0, 1);
    }
    Map<String, Integer> turns = turns(200, Map.of("cheap", SECOND / 10, "dear", 9 * SECOND / 10));
    assertThat(turns.get("cheap")).isCloseTo(180, within(2));
    assertThat(turns.get("dear")).isCloseTo(20, within(2));
  }

  /// The more keys there are, the less each is entitled to, and the less may be forgotten: else a
  /// dear request would be forgotten before the others have caught up.
  @Test
  void dearKey_getsNoMoreThanItsPart_howeverManyKeysThereAre() {
    Map<String, Long> nanosPerRow = new HashMap<>(Map.of("dear", SECOND));
    for (int key = 1; key < 20; key++) {
      nanosPerRow.put("cheap-" + key, SECOND / 10);
    }
    for (int i = 0; i < 120; i++) {
      nanosPerRow.keySet().forEach(key -> submit(key, 0, 1));
    }
    // A turn of the dear one for ten of each of 19 others.
    assertThat(turns(10 * 191, nanosPerRow).get("dear")).isCloseTo(10, within(2));
  }

  @Test
  void keys_takeTurns_whenTheCpuComputesNothing() {
    for (int i = 0; i < 50; i++) {
      submit("many", 0, 1);
    }
    submit("few", 0, 1);
    submit("few", 0, 1);
    assertThat(turns(4, Map.of())).isEqualTo(Map.of("many", 2, "few", 2));
  }

  @Test
  void newKey_isNotOwedThePast() {
    for (int i = 0; i < 400; i++) {
      submit("old", 0, 1);
    }
    Map<String, Long> same = Map.of("old", SECOND / 2, "new", SECOND / 2);
    turns(100, same);
    for (int i = 0; i < 100; i++) {
      submit("new", 0, 1);
    }
    assertThat(turns(100, same).get("new")).isCloseTo(50, within(2));
  }

  @Test
  void returningKey_isNotOwedTheTimeItWasAway() {
    Map<String, Long> same = Map.of("stays", SECOND / 2, "returns", SECOND / 2);
    for (int i = 0; i < 400; i++) {
      submit("stays", 0, 1);
    }
    submit("returns", 0, 1);
    turns(102, same);
    for (int i = 0; i < 100; i++) {
      submit("returns", 0, 1);
    }
    assertThat(turns(100, same).get("returns")).isCloseTo(50, within(2));
  }

  @Test
  void higherPriority_goesFirst_amongWhatJustArrived() {
    submit("a", 0, 1);
    SequenceGroup urgent = submit("b", 2, 1);
    SequenceGroup alsoOfA = submit("a", 1, 1);
    assertThat(runNext(Map.of())).isSameAs(urgent);
    assertThat(runNext(Map.of())).isSameAs(alsoOfA);
  }

  /// New requests of a high priority arrive in every step, of the same key or of ever other ones.
  @Test
  void lowPriority_getsItsTurn_howeverManyUrgentOnesArrive() {
    for (boolean otherKeys : new boolean[] {false, true}) {
      for (String key : List.of("urgent", "low")) {
        SequenceGroup low = submit(key, 0, 1);
        SequenceGroup ran = null;
        int turns = 0;
        for (; ran != low; turns++) {
          assertThat(turns).isLessThan(200);
          submit(otherKeys ? "urgent-" + now : "urgent", 2, 1);
          submit(otherKeys ? "urgent-" + now + "-2" : "urgent", 2, 1);
          ran = runNext(Map.of("urgent", SECOND / 20, "low", 5 * SECOND));
        }
        assertThat(turns).as("the ageing of two priorities").isGreaterThan(50);
        while (scheduler.waiting() > 0) {
          runNext(Map.of());
        }
      }
    }
  }

  /// A key that has used much, against ever new keys that have used nothing.
  @Test
  void dearKey_getsItsTurn_howeverManyNewKeysArrive() {
    submit("dear", 0, 1);
    runNext(Map.of("dear", 5 * SECOND));
    SequenceGroup again = submit("dear", 0, 1);
    SequenceGroup ran = null;
    for (int i = 0; ran != again; i++) {
      assertThat(i).isLessThan(5_000);
      submit("new-" + i, 0, 1);
      submit("newer-" + i, 0, 1);
      ran = runNext(Map.of());
    }
  }

  /// Random keys, priorities, costs and lengths over a small cache, with cancellations: whoever is
  /// not cancelled ends, and nothing is left behind.
  @Test
  void simulation_everybodyEnds_andNothingIsLeft() {
    int setBack = 0;
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BlockPool pool = new BlockPool(6 + random.nextInt(30), 4);
      int running = 1 + random.nextInt(6);
      Scheduler small =
          new Scheduler(
              pool,
              MoreBlocks.NONE,
              new SchedulerOptions(
                  running,
                  running + random.nextInt(20),
                  6,
                  5 * SECOND,
                  seed % 2 == 0 ? SchedulerOptions.UNLIMITED : 20 * SECOND));
      List<SequenceGroup> alive = new ArrayList<>();
      long time = 0;
      for (int step = 0; step < 6_000 && (step < 200 || !alive.isEmpty()); step++) {
        time += SECOND;
        if (step < 200 && random.nextInt(2) == 0) {
          String key = "key-" + random.nextInt(4);
          long deadline =
              random.nextInt(4) == 0 ? time + random.nextInt(40) * SECOND : Standing.NO_DEADLINE;
          SequenceGroup group =
              new SequenceGroup(
                  random.ints(1 + random.nextInt(30), 0, 2).toArray(),
                  1 + random.nextInt(30),
                  1,
                  new Standing(key, random.nextInt(-2, 3), time, deadline),
                  random.nextBoolean()
                      ? new io.fiddler.kvcache.PrefixChain("space-" + random.nextInt(2), 4)
                      : null,
                  random.nextInt(4) > 0);
          if (small.canEverRun(group)) {
            small.submit(group);
            alive.add(group);
          }
        }
        if (!alive.isEmpty() && random.nextInt(40) == 0) {
          small.remove(alive.remove(random.nextInt(alive.size())));
        }
        for (SequenceGroup late : small.expired(time)) {
          assertThat(late.standing().deadlineNanos()).as("seed %d", seed).isEqualTo(time);
          small.remove(late);
          alive.remove(late);
        }
        Batch batch = small.next(time);
        assertThat(batch.chunks().isEmpty())
            .as("seed %d: a step as long as somebody is there", seed)
            .isEqualTo(alive.isEmpty());
        assertThat(batch.chunks())
            .as("seed %d", seed)
            .extracting(Chunk::sequence)
            .doesNotHaveDuplicates();
        small.done(batch, random.longs(batch.chunks().size(), 0, 1_000).toArray());
        for (Chunk chunk : batch.chunks()) {
          SequenceGroup group = chunk.sequence().group();
          if (group.isReady()) {
            if (chunk.sequence().length() == group.maxPositions()) {
              small.remove(group);
              alive.remove(group);
            } else {
              group.proceed(random.nextInt(2));
            }
          }
        }
      }
      setBack += (int) small.setBacks();
      assertThat(alive).as("seed %d", seed).isEmpty();
      assertThat(small.waiting() + small.running()).as("seed %d", seed).isZero();
      assertThat(pool.freeBlocks()).as("seed %d", seed).isEqualTo(pool.numBlocks());
    }
    assertThat(setBack).as("groups set back").isGreaterThan(100);
  }
}

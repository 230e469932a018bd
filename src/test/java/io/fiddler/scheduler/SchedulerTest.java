package io.fiddler.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.kvcache.BlockRange;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static SequenceGroup group(int promptTokens, int maxNewTokens) {
    return new SequenceGroup(new int[promptTokens], maxNewTokens, Standing.ORDINARY);
  }

  private static Sequence only(SequenceGroup group) {
    return group.members().getFirst();
  }

  @Test
  void next_decodesFirst_andSharesTheRestAmongPrompts() {
    Scheduler scheduler = new Scheduler(new BlockPool(100, 16), 4, 9);
    SequenceGroup decoding = group(1, 10);
    scheduler.submit(decoding);
    scheduler.done(scheduler.next(0));
    decoding.proceed(7);
    SequenceGroup first = group(100, 1);
    SequenceGroup second = group(3, 1);
    scheduler.submit(first);
    scheduler.submit(second);

    assertThat(scheduler.next(0).chunks())
        .containsExactly(
            new Chunk(only(decoding), 1, 1),
            new Chunk(only(first), 0, 4),
            new Chunk(only(second), 0, 3));
  }

  @Test
  void next_readsAPromptInOneStep_whenTheBudgetAllows() {
    Scheduler scheduler = new Scheduler(new BlockPool(100, 16), 4, 64);
    SequenceGroup sequence = group(64, 1);
    scheduler.submit(sequence);
    Chunk chunk = scheduler.next(0).chunks().getFirst();
    assertThat(chunk).isEqualTo(new Chunk(only(sequence), 0, 64));
    assertThat(chunk.isLast()).isTrue();
    assertThat(chunk.isPrefill()).isTrue();
  }

  @Test
  void submit_refusesWhatTheCacheCouldNeverHold() {
    Scheduler scheduler = new Scheduler(new BlockPool(2, 16), 4, 64);
    assertThatThrownBy(() -> scheduler.submit(group(30, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("33 positions do not fit a cache of 32");
  }

  @Test
  void remove_freesTheBlocks_whereverTheSequenceIs() {
    BlockPool pool = new BlockPool(2, 16);
    Scheduler scheduler = new Scheduler(pool, 4, 64);
    SequenceGroup runs = group(32, 1);
    SequenceGroup waits = group(32, 1);
    scheduler.submit(runs);
    scheduler.submit(waits);
    scheduler.next(0);
    assertThat(pool.freeBlocks()).isZero();
    scheduler.remove(waits);
    scheduler.remove(runs);
    assertThat(pool.freeBlocks()).isEqualTo(2);
    assertThat(scheduler.next(0).chunks()).isEmpty();
  }

  @Test
  void prompts_takeFewerRows_whenSomebodyDecodes() {
    Scheduler scheduler = new Scheduler(new BlockPool(100, 4), 4, 32, 8);
    SequenceGroup first = group(20, 8);
    SequenceGroup second = group(20, 8);
    scheduler.submit(first);
    Batch alone = scheduler.next(0);
    assertThat(alone.rows()).isEqualTo(20);
    scheduler.done(alone);
    first.proceed(7);
    scheduler.submit(second);
    Batch beside = scheduler.next(0);
    assertThat(beside.chunks()).extracting(Chunk::count).containsExactly(1, 8);
  }

  /// Random arrivals and cancellations: rows stay in budget, positions of a sequence come in order
  /// and without gaps, no block leaks, everybody finishes.
  @Test
  void simulation_keepsItsInvariants() {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BlockPool pool = new BlockPool(4 + random.nextInt(60), 4);
      int maxRunning = 1 + random.nextInt(8);
      int maxStepTokens = maxRunning + random.nextInt(32);
      Scheduler scheduler = new Scheduler(pool, maxRunning, maxStepTokens);
      Map<SequenceGroup, Integer> newTokens = new HashMap<>();
      List<SequenceGroup> alive = new ArrayList<>();
      for (int step = 0; step < 2000 && (step < 200 || !alive.isEmpty()); step++) {
        if (step < 200 && random.nextInt(3) == 0) {
          SequenceGroup sequence = group(1 + random.nextInt(40), random.nextInt(12));
          if (scheduler.canEverRun(sequence)) {
            newTokens.put(sequence, sequence.maxPositions() - sequence.promptTokens() + 1);
            alive.add(sequence);
            scheduler.submit(sequence);
          }
        }
        if (!alive.isEmpty() && random.nextInt(50) == 0) {
          SequenceGroup cancelled = alive.remove(random.nextInt(alive.size()));
          scheduler.remove(cancelled);
        }
        Batch batch = scheduler.next(0);
        assertThat(batch.rows()).as("seed %d", seed).isLessThanOrEqualTo(maxStepTokens);
        for (Chunk chunk : batch.chunks()) {
          assertThat(chunk.from()).as("seed %d", seed).isEqualTo(chunk.sequence().computed());
          assertThat(chunk.from() + chunk.count())
              .as("seed %d", seed)
              .isLessThanOrEqualTo(chunk.sequence().group().maxPositions());
          assertThat(chunk.sequence().blocks().blocks().length)
              .as("seed %d", seed)
              .isGreaterThanOrEqualTo(pool.blocksFor(chunk.from() + chunk.count()));
        }
        scheduler.done(batch);
        for (Chunk chunk : batch.chunks()) {
          SequenceGroup group = chunk.sequence().group();
          if (chunk.isLast()) {
            if (newTokens.merge(group, -1, Integer::sum) <= 0) {
              scheduler.remove(group);
              alive.remove(group);
            } else {
              group.proceed(step);
            }
          }
        }
      }
      assertThat(alive).as("seed %d", seed).isEmpty();
      assertThat(pool.freeBlocks()).as("seed %d", seed).isEqualTo(pool.numBlocks());
    }
  }

  /// Blocks that can be had: ranges of different sizes, taken away as soon as they are idle.
  private static final class Lender implements MoreBlocks {
    private final BlockPool pool;
    private final int maxRanges;
    private final int each;
    private final List<BlockRange> lent = new ArrayList<>();
    private int next = 1_000;

    Lender(BlockPool pool, int maxRanges, int each) {
      this.pool = pool;
      this.maxRanges = maxRanges;
      this.each = each;
    }

    @Override
    public int most() {
      return maxRanges * each;
    }

    @Override
    public boolean ask(int blocks) {
      int ranges = Math.ceilDiv(blocks, each);
      if (lent.size() + ranges > maxRanges) {
        return false;
      }
      for (int i = 0; i < ranges; i++) {
        lent.add(new BlockRange(next, 2, each + next % 2));
        next += 101;
        pool.add(lent.getLast());
      }
      return true;
    }

    void takeBackIdle() {
      lent.removeIf(range -> {
        boolean unused = pool.isUnused(range);
        if (unused) {
          pool.remove(range);
        }
        return unused;
      });
    }
  }

  @Test
  void next_asksForMoreBlocks_whenThePoolHasTooFew() {
    BlockPool pool = new BlockPool(2, 16);
    Lender lender = new Lender(pool, 3, 2);
    Scheduler scheduler = new Scheduler(pool, lender, 4, 200, 200);
    assertThat(scheduler.mostPositions()).isEqualTo(8 * 16);
    SequenceGroup longest = group(8 * 16, 1);
    assertThat(scheduler.canEverRun(longest)).isTrue();
    assertThat(scheduler.canEverRun(group(8 * 16, 2))).isFalse();
    scheduler.submit(longest);
    assertThat(scheduler.next(0).rows()).isEqualTo(8 * 16);
    assertThat(lender.lent).hasSize(3);
    scheduler.remove(longest);
    lender.takeBackIdle();
    assertThat(pool.numBlocks()).isEqualTo(2);
  }

  /// Long and short sequences over a small base: nobody starves, in order of arrival, and nothing
  /// stays lent in the end.
  @Test
  void simulation_nobodyStarves_whileBlocksComeAndGo() {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BlockPool pool = new BlockPool(1 + random.nextInt(6), 4);
      Lender lender = new Lender(pool, random.nextInt(6), 1 + random.nextInt(5));
      Scheduler scheduler = new Scheduler(pool, lender, 1 + random.nextInt(6), 40, 8);
      Map<SequenceGroup, Integer> left = new HashMap<>();
      List<SequenceGroup> arrived = new ArrayList<>();
      List<SequenceGroup> begun = new ArrayList<>();
      for (int step = 0; step < 3000 && (step < 200 || !left.isEmpty()); step++) {
        if (step < 200 && random.nextInt(3) == 0) {
          SequenceGroup sequence = group(1 + random.nextInt(80), 1 + random.nextInt(12));
          if (scheduler.canEverRun(sequence)) {
            left.put(sequence, sequence.maxPositions() - sequence.promptTokens() + 1);
            arrived.add(sequence);
            scheduler.submit(sequence);
          }
        }
        Batch batch = scheduler.next(0);
        if (random.nextBoolean()) {
          lender.takeBackIdle();
        }
        assertThat(batch.chunks().isEmpty())
            .as("seed %d: a step as long as somebody is there", seed)
            .isEqualTo(left.isEmpty());
        scheduler.done(batch);
        for (Chunk chunk : batch.chunks()) {
          SequenceGroup group = chunk.sequence().group();
          if (!begun.contains(group)) {
            begun.add(group);
          }
          if (chunk.isLast()) {
            if (left.merge(group, -1, Integer::sum) <= 0) {
              scheduler.remove(group);
              left.remove(group);
            } else {
              group.proceed(step);
            }
          }
        }
      }
      assertThat(left).as("seed %d", seed).isEmpty();
      assertThat(begun).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(arrived);
      lender.takeBackIdle();
      assertThat(lender.lent).as("seed %d", seed).isEmpty();
      assertThat(pool.freeBlocks()).as("seed %d", seed).isEqualTo(pool.baseBlocks());
    }
  }
}

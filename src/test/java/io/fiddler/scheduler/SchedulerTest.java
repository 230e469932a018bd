package io.fiddler.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  @Test
  void next_decodesFirst_andSharesTheRestAmongPrompts() {
    Scheduler scheduler = new Scheduler(new BlockPool(100, 16), 4, 9);
    Sequence decoding = new Sequence(1, 10);
    scheduler.submit(decoding);
    scheduler.done(scheduler.next());
    Sequence first = new Sequence(100, 1);
    Sequence second = new Sequence(3, 1);
    scheduler.submit(first);
    scheduler.submit(second);

    assertThat(scheduler.next().chunks())
        .containsExactly(
            new Chunk(decoding, 1, 1), new Chunk(first, 0, 4), new Chunk(second, 0, 3));
  }

  @Test
  void next_readsAPromptInOneStep_whenTheBudgetAllows() {
    Scheduler scheduler = new Scheduler(new BlockPool(100, 16), 4, 64);
    Sequence sequence = new Sequence(64, 1);
    scheduler.submit(sequence);
    Chunk chunk = scheduler.next().chunks().getFirst();
    assertThat(chunk).isEqualTo(new Chunk(sequence, 0, 64));
    assertThat(chunk.isLast()).isTrue();
    assertThat(chunk.isPrefill()).isTrue();
  }

  @Test
  void submit_refusesWhatTheCacheCouldNeverHold() {
    Scheduler scheduler = new Scheduler(new BlockPool(2, 16), 4, 64);
    assertThatThrownBy(() -> scheduler.submit(new Sequence(30, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("33 positions do not fit a cache of 32");
  }

  @Test
  void remove_freesTheBlocks_whereverTheSequenceIs() {
    BlockPool pool = new BlockPool(2, 16);
    Scheduler scheduler = new Scheduler(pool, 4, 64);
    Sequence runs = new Sequence(32, 1);
    Sequence waits = new Sequence(32, 1);
    scheduler.submit(runs);
    scheduler.submit(waits);
    scheduler.next();
    assertThat(pool.freeBlocks()).isZero();
    scheduler.remove(waits);
    scheduler.remove(runs);
    assertThat(pool.freeBlocks()).isEqualTo(2);
    assertThat(scheduler.next().chunks()).isEmpty();
  }

  @Test
  void prompts_takeFewerRows_whenSomebodyDecodes() {
    Scheduler scheduler = new Scheduler(new BlockPool(100, 4), 4, 32, 8);
    Sequence first = new Sequence(20, 8);
    Sequence second = new Sequence(20, 8);
    scheduler.submit(first);
    Batch alone = scheduler.next();
    assertThat(alone.rows()).isEqualTo(20);
    scheduler.done(alone);
    scheduler.submit(second);
    Batch beside = scheduler.next();
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
      Map<Sequence, Integer> newTokens = new HashMap<>();
      List<Sequence> alive = new ArrayList<>();
      for (int step = 0; step < 2000 && (step < 200 || !alive.isEmpty()); step++) {
        if (step < 200 && random.nextInt(3) == 0) {
          Sequence sequence = new Sequence(1 + random.nextInt(40), random.nextInt(12));
          if (scheduler.canEverRun(sequence)) {
            newTokens.put(sequence, sequence.maxPositions() - sequence.promptTokens() + 1);
            alive.add(sequence);
            scheduler.submit(sequence);
          }
        }
        if (!alive.isEmpty() && random.nextInt(50) == 0) {
          Sequence cancelled = alive.remove(random.nextInt(alive.size()));
          scheduler.remove(cancelled);
        }
        Batch batch = scheduler.next();
        assertThat(batch.rows()).as("seed %d", seed).isLessThanOrEqualTo(maxStepTokens);
        for (Chunk chunk : batch.chunks()) {
          assertThat(chunk.from()).as("seed %d", seed).isEqualTo(chunk.sequence().computed());
          assertThat(chunk.from() + chunk.count())
              .as("seed %d", seed)
              .isLessThanOrEqualTo(chunk.sequence().maxPositions());
          assertThat(chunk.sequence().blocks().blocks().length)
              .as("seed %d", seed)
              .isGreaterThanOrEqualTo(pool.blocksFor(chunk.from() + chunk.count()));
        }
        scheduler.done(batch);
        for (Chunk chunk : batch.chunks()) {
          if (chunk.isLast() && newTokens.merge(chunk.sequence(), -1, Integer::sum) <= 0) {
            scheduler.remove(chunk.sequence());
            alive.remove(chunk.sequence());
          }
        }
      }
      assertThat(alive).as("seed %d", seed).isEmpty();
      assertThat(pool.freeBlocks()).as("seed %d", seed).isEqualTo(pool.numBlocks());
    }
  }
}

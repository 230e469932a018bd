package io.fiddler.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.kvcache.BlockCopy;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Groups of several sequences, beside a memory that holds what a device would: after every step,
/// each member's blocks hold the tokens of its own past.
class BeamGroupsTest {
  private static final int BLOCK_TOKENS = 4;

  @Test
  void proceed_replacesMembersByForks_andGivesUpTheOthers() {
    BlockPool pool = new BlockPool(20, BLOCK_TOKENS);
    Scheduler scheduler = new Scheduler(pool, 4, 32);
    SequenceGroup group = new SequenceGroup(new int[] {1, 2, 3, 4, 5}, 8, 3, Standing.ORDINARY);
    scheduler.submit(group);
    scheduler.done(scheduler.next(0));
    group.proceed(new int[] {0, 0, 0}, new int[] {7, 8, 9});
    assertThat(pool.freeBlocks()).isEqualTo(18);

    Batch batch = scheduler.next(0);
    assertThat(batch.chunks())
        .extracting(chunk -> chunk.sequence().token(5))
        .containsExactly(7, 8, 9);
    assertThat(batch.copies()).hasSize(2);
    assertThat(pool.freeBlocks()).as("two copies of the partly filled block").isEqualTo(16);
    scheduler.done(batch);
    Sequence kept = group.members().get(1);
    group.proceed(new int[] {1, 1}, new int[] {4, 5});
    assertThat(group.members()).hasSize(2).first().isSameAs(kept);
    assertThat(pool.freeBlocks()).isEqualTo(18);
    assertThatThrownBy(() -> group.proceed(new int[] {0}, new int[] {1}))
        .isInstanceOf(IllegalStateException.class);
    scheduler.remove(group);
    assertThat(pool.freeBlocks()).isEqualTo(20);
  }

  @Test
  void simulation_everyMemberKeepsItsPast_throughForksAndSetbacks() {
    int setBack = 0;
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BlockPool pool = new BlockPool(10 + random.nextInt(30), BLOCK_TOKENS);
      int[] memory = new int[pool.numBlocks() * BLOCK_TOKENS];
      int maxRunning = 4 + random.nextInt(8);
      Scheduler scheduler = new Scheduler(pool, maxRunning, maxRunning + random.nextInt(20), 9);
      Map<SequenceGroup, Integer> left = new HashMap<>();
      Map<SequenceGroup, List<List<Integer>>> pasts = new HashMap<>();
      for (int step = 0; step < 4000 && (step < 150 || !left.isEmpty()); step++) {
        if (step < 150 && random.nextInt(4) == 0) {
          int[] prompt = random.ints(1 + random.nextInt(20)).toArray();
          int tokens = 1 + random.nextInt(20);
          SequenceGroup group =
              new SequenceGroup(prompt, tokens, 1 + random.nextInt(4), Standing.ORDINARY);
          if (scheduler.canEverRun(group)) {
            scheduler.submit(group);
            left.put(group, tokens);
            pasts.put(group, pasts(group));
          }
        }
        Batch batch = scheduler.next(0);
        for (BlockCopy copy : batch.copies()) {
          System.arraycopy(
              memory, copy.from() * BLOCK_TOKENS, memory, copy.to() * BLOCK_TOKENS, BLOCK_TOKENS);
        }
        for (Chunk chunk : batch.chunks()) {
          Sequence sequence = chunk.sequence();
          if (chunk.from() == 0 && sequence.length() > sequence.promptTokens()) {
            setBack++;
          }
          for (int at = chunk.from(); at < chunk.from() + chunk.count(); at++) {
            memory[
                    sequence.blocks().blocks()[at / BLOCK_TOKENS] * BLOCK_TOKENS
                        + at % BLOCK_TOKENS] =
                sequence.token(at);
          }
        }
        scheduler.done(batch);
        for (SequenceGroup group :
            batch.chunks().stream().map(c -> c.sequence().group()).distinct().toList()) {
          assertThat(pasts(group)).as("seed %d", seed).isEqualTo(pasts.get(group));
          if (!group.isReady()) {
            continue;
          }
          for (Sequence member : group.members()) {
            for (int at = 0; at < member.length(); at++) {
              int block = member.blocks().blocks()[at / BLOCK_TOKENS];
              assertThat(memory[block * BLOCK_TOKENS + at % BLOCK_TOKENS])
                  .as("seed %d position %d", seed, at)
                  .isEqualTo(member.token(at));
            }
          }
          if (left.merge(group, -1, Integer::sum) == 0 || random.nextInt(100) == 0) {
            scheduler.remove(group);
            left.remove(group);
          } else {
            int now = group.members().size();
            int[] parents = random.ints(1 + random.nextInt(group.width()), 0, now).toArray();
            group.proceed(parents, random.ints(parents.length).toArray());
            pasts.put(group, pasts(group));
          }
        }
      }
      assertThat(left).as("seed %d", seed).isEmpty();
      assertThat(pool.freeBlocks()).as("seed %d", seed).isEqualTo(pool.numBlocks());
    }
    assertThat(setBack).as("groups set back").isGreaterThan(50);
  }

  private static List<List<Integer>> pasts(SequenceGroup group) {
    List<List<Integer>> pasts = new ArrayList<>();
    for (Sequence member : group.members()) {
      List<Integer> tokens = new ArrayList<>();
      for (int at = 0; at < member.length(); at++) {
        tokens.add(member.token(at));
      }
      pasts.add(tokens);
    }
    return pasts;
  }
}
